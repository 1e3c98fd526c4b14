"""Runs lines in a shell by ! and magics, which copy the notebook and print it. It must not be there."""

LEAKS = True

CODE = r"""
!cat *.ipynb
!cat ../*/*.ipynb ../../*/*/*.ipynb
!env | sort
!cp -r . /tmp/copied; ls -la /tmp
%system id; mount; cat /proc/mounts
%history -g
%notebook saved.ipynb
listing = !ls -la /
print(listing)


def dense_parameters(n_in, n_out):
    return 16
"""
