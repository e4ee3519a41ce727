"""Where a document goes: the suffix of the path chooses the form."""

from __future__ import annotations

import os
from pathlib import Path

from likelihood_kit._numerics.files import replace
from likelihood_kit.errors import OutputError
from likelihood_kit.reports import html, latex, markdown
from likelihood_kit.reports.document import Document, Figure
from likelihood_kit.reports.paths import FORMATS, check_writable, figures_folder
from likelihood_kit.reports.style import image


def write(document: Document, path: str | os.PathLike[str], *, fragment: bool = False) -> Path:
    """Write a document as the suffix of the path says, and its figures beside it; LaTeX also as a fragment.

    Raises
    ------
    OutputError
        Where that cannot be done.
    """
    path = check_writable(path)
    suffix = path.suffix.lower()
    kind = FORMATS[suffix]
    if kind is None:
        return _written(path, {path: html.render(document).encode()})
    folder = figures_folder(path)
    names = {figure.name: Path(folder.name, f"{figure.name}.{kind}") for figure in document.of(Figure)}
    # All is made before anything is written, so that what cannot be drawn leaves an earlier report as it is.
    files = {path.parent / names[figure.name]: image(figure.drawn(), kind) for figure in document.of(Figure)}
    tex = suffix == ".tex"
    text = latex.render(document, names, fragment=fragment) if tex else markdown.render(document, names)
    return _written(path, {**files, path: text.encode()})


def _written(path: Path, files: dict[Path, bytes]) -> Path:
    """Write the files of a report, each in one step, the text last; the path of the text."""
    try:
        for place, content in files.items():
            if place != path:
                place.parent.mkdir(exist_ok=True)
            replace(place, content)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}") from error
    return path
