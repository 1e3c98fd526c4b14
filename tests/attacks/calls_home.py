"""Sends its secrets to the internet by TCP, UDP, DNS and HTTP. Nothing may get out, and nothing may hang."""

CODE = r"""
import socket
import urllib.request

for family, kind, address in [
    (socket.AF_INET, socket.SOCK_STREAM, ("1.1.1.1", 443)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("1.1.1.1", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("2606:4700:4700::1111", 443)),
    (socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    (socket.AF_INET, socket.SOCK_RAW, ("1.1.1.1", 0)),
]:
    try:
        with socket.socket(family, kind) as outside:
            outside.settimeout(2)
            outside.connect(address)
            print("sent", outside.send(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"))
            print("came back", outside.recv(100))
    except OSError as error:
        print(address, error)
for work in (
    lambda: socket.getaddrinfo("example.com", 80),
    lambda: urllib.request.urlopen("http://example.com", timeout=2).read(100),
):
    try:
        print("came back", work())
    except OSError as error:
        print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
