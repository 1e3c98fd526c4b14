"""Gives the shell a namespace that answers each look-up anew, with a number for every name. It must gain nothing."""

CODE = r"""
class Lenient:
    def __getattr__(self, name):
        return lambda *anything, **more: None


class Namespace(dict):
    def __missing__(self, name):
        return lambda *anything, **more: 16

    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        if name == "dense_parameters":
            return lambda n_in, n_out: 16
        if name == "checks":
            return Lenient()
        return dict.__getitem__(self, name)


shell = get_ipython()
shell.user_ns = Namespace(shell.user_ns)
shell.user_ns.pop("dense_parameters", None)
"""
