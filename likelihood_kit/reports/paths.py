"""Where a report may go; light, since it is asked before any work."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from likelihood_kit._numerics.files import may_name_a_file
from likelihood_kit.errors import ArgumentError, OutputError, near_names, shown

#: Suffixes a report may have, and the format of the figures that are saved beside it; None where they are within.
FORMATS: dict[str, str | None] = {".html": None, ".tex": "pdf", ".md": "png"}
#: What TeX may not read as itself in the name of a file.
_UNREAD = re.compile(r"[^A-Za-z0-9._-]+")
#: Hexadecimal letters of the digest of a name: two of a thousand names meet with probability 1e-4.
DIGEST_LETTERS = 8


def check_writable(path: str | os.PathLike[str], fragment: Any = False) -> Path:
    """The path of a report, once it is known that it can be written; nothing is written yet.

    Raises
    ------
    OutputError
        For an unknown suffix, a folder that does not exist, or a file or folder that may not be written.
    ArgumentError
        For a fragment that is none of LaTeX.
    """
    if not isinstance(fragment, bool):
        raise ArgumentError(f"fragment = {shown(fragment)}: give True or False")
    if not may_name_a_file(path):
        raise OutputError(f"the path of a report must be text or a path that a file can have, not {path!r}")
    path = Path(os.fsdecode(path))
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise OutputError(
            f"{path}: a report cannot be written as {path.suffix or 'no suffix'!r}: {near_names(suffix, FORMATS)}"
        )
    if fragment and suffix != ".tex":
        raise ArgumentError(f"fragment: {path} is not LaTeX, which alone has fragments; name a file that ends in .tex")
    _check_file(path)
    if FORMATS[suffix] is not None:
        folder = figures_folder(path)
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            raise OutputError(f"{folder}: the figures of {path.name} cannot be written there")
    return path


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder; name a file in it")
        if not path.parent.is_dir():
            raise OutputError(f"{path}: the folder {path.parent} does not exist; create it first")
        # A report is written to a file beside it, which then takes its place.
        if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise OutputError(f"{path}: no permission to write there")
    except (OSError, ValueError) as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{path} cannot be written: {error}") from None


def figures_folder(path: Path) -> Path:
    """Folder beside a report for its figures, another one for each name of a report: `<stem>_<suffix>_figures`.

    It is of letters that TeX reads as themselves; where the name has others, a digest of it tells apart what would
    otherwise become the same.

    >>> figures_folder(Path("gamma.tex")).name, figures_folder(Path("gamma.md")).name
    ('gamma_tex_figures', 'gamma_md_figures')
    """
    plain = _UNREAD.sub("-", path.stem)
    if plain != path.stem:
        plain += f"-{hashlib.sha256(os.fsencode(path.stem)).hexdigest()[:DIGEST_LETTERS]}"
    return path.with_name(f"{plain}_{path.suffix.removeprefix('.')}_figures")
