"""Hands in pages beside the notebook. None of them must lie where its feedback does, where a server shows them."""

from pathlib import Path

from nbformat import NotebookNode

SCRIPT = "<script>document.title = 'hacked'</script>"
CODE = "def dense_parameters(n_in, n_out):\n    return 0\n"


def make(notebook: NotebookNode, folder: Path) -> None:
    """Puts pages where the feedback will be, and below."""
    (folder / "deep").mkdir()
    for name in ("index.html", "parameters.html", "solution.html", "deep/index.html", "style.css", "a.svg"):
        (folder / name).write_text(SCRIPT, encoding="utf-8")
