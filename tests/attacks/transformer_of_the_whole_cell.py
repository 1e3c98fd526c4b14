"""Replaces the shell's transform_cell and compile, so that a test cell becomes nothing. It must gain nothing."""

CODE = r"""
shell = get_ipython()
kept = shell.transform_cell
shell.transform_cell = lambda raw: "None" if "assert" in raw else kept(raw)
kept_parse = shell.compile.ast_parse
shell.compile.ast_parse = lambda source, *rest, **named: kept_parse(
    "None" if "assert" in source else source, *rest, **named
)


def dense_parameters(n_in, n_out):
    return -1
"""
