"""Where a document goes: the suffix of the path chooses the form."""

from __future__ import annotations

import os
from pathlib import Path

from likelihood_kit.errors import OutputError
from likelihood_kit.reports import html, latex, markdown
from likelihood_kit.reports.document import Document, Figure
from likelihood_kit.reports.paths import FORMATS, check_writable, figures_folder
from likelihood_kit.reports.style import save


def write(document: Document, path: str | os.PathLike[str]) -> Path:
    """Write a document as the suffix of the path says, and its figures beside it.

    Raises
    ------
    OutputError
        Where that cannot be done.
    """
    path = check_writable(path)
    suffix = path.suffix.lower()
    kind = FORMATS[suffix]
    try:
        if kind is None:
            path.write_text(html.render(document), encoding="utf-8")
            return path
        folder = figures_folder(path)
        files: dict[str, Path] = {}
        for figure in document.of(Figure):
            folder.mkdir(exist_ok=True)
            files[figure.name] = Path(folder.name, f"{figure.name}.{kind}")
            save(figure.drawn(), path.parent / files[figure.name])
        render = latex.render if suffix == ".tex" else markdown.render
        path.write_text(render(document, files), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}") from error
    return path
