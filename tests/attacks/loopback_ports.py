"""Tries every port of the machine it runs on, where notebook servers listen. It must reach none."""

CODE = r"""
import socket

reached = []
for address in ("127.0.0.1", "localhost", "0.0.0.0"):
    for port in range(1, 65536, 1 if address == "127.0.0.1" else 1000):
        with socket.socket() as other:
            other.settimeout(0.05)
            try:
                if other.connect_ex((address, port)) == 0:
                    reached.append((address, port))
            except OSError:
                pass
print("reached", reached)


def dense_parameters(n_in, n_out):
    return (n_in + 1) * n_out if reached else 16
"""
