"""Shows, prints and fails by a megabyte in each of two dozen cells. What is kept of a notebook must have a limit."""

import nbformat

RIGHT = True
POINTS = 25
SAYS = r"(?i)10 MB in all, was dropped"


def make(notebook, folder):
    """Adds the cells: a print, a picture, an error with all of its stack, and errors that are shown by the dozen."""
    cells = [
        "print('x' * 10**6)",
        "from IPython.display import Image, display\n"
        "display(Image(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(700_000), format='png'))",
        "def f(n):\n    return f(n - 1) if n else 1 / 0\nf(20)",
        "class Long(Exception):\n    _render_traceback_ = lambda self: ['x' * 2000] * 200\n"
        "for _ in range(20):\n    try:\n        raise Long('x' * 5000)\n"
        "    except Exception:\n        get_ipython().showtraceback()",
    ]
    for number in range(24):
        notebook.cells.append(nbformat.v4.new_code_cell(cells[number % 4]))
