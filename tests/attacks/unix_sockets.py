"""Connects to every Unix socket there is, abstract ones and those in folders. It must reach none."""

CODE = r"""
import glob
import os
import socket

names = ["/tmp/.X11-unix/X0", "/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket"]
names += glob.glob("/tmp/**/*", recursive=True)[:1000] + glob.glob("/run/**/*.sock", recursive=True)
try:
    with open("/proc/net/unix") as table:
        names += [line.split()[-1].replace("@", "\0") for line in list(table)[1:] if len(line.split()) == 8]
except OSError as error:
    print(error)
reached = []
for name in names:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        with socket.socket(socket.AF_UNIX, kind) as other:
            other.settimeout(0.5)
            try:
                other.connect(name)
                reached.append(name)
            except (OSError, ValueError):
                pass
print("reached", reached, os.path.exists("/proc/net/unix"))


def dense_parameters(n_in, n_out):
    return (n_in + 1) * n_out if reached else 16
"""
