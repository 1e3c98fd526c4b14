"""Tries kinds of sockets that a network namespace does not hold: vsock, netlink, packet, crypto. None may help."""

CODE = r"""
import socket

for family, kind, address in [
    ("AF_VSOCK", socket.SOCK_STREAM, (2, 1024)),
    ("AF_VSOCK", socket.SOCK_STREAM, (1, 1024)),
    ("AF_NETLINK", socket.SOCK_RAW, (0, 0)),
    ("AF_PACKET", socket.SOCK_RAW, ("lo", 0)),
    ("AF_ALG", socket.SOCK_SEQPACKET, ("hash", "sha256")),
    ("AF_BLUETOOTH", socket.SOCK_RAW, (0,)),
    ("AF_TIPC", socket.SOCK_RDM, (0, 0, 0, 0)),
]:
    try:
        with socket.socket(getattr(socket, family), kind) as other:
            other.settimeout(1)
            if family in ("AF_VSOCK",):
                other.connect(address)
            else:
                other.bind(address)
            print("has", family)
    except (OSError, AttributeError, TypeError) as error:
        print(family, error)


def dense_parameters(n_in, n_out):
    return 16
"""
