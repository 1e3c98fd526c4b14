"""Puts scripts where sentences about failed tests quote the answer. They must be shown as text, and get 0."""

CODE = r"""
attack = "<script>document.title = 'attacked'</script>"


class Attack:
    def __repr__(self):
        return attack

    __str__ = __repr__


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return attack
    raise ValueError(attack)


def mlp_parameters(sizes):
    return Attack()


Attack.__name__ = attack
"""
