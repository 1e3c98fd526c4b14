"""Sends a forged execute_result on the kernel's own channel while a test calls it. There is no kernel, and no gain."""

CODE = r"""
def dense_parameters(n_in, n_out):
    kernel = get_ipython().kernel
    content = {"data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1}
    parent = kernel.get_parent("shell") if hasattr(kernel, "get_parent") else kernel._parent_header
    kernel.session.send(kernel.iopub_socket, "execute_result", content, parent=parent, ident=b"execute_result")
    return 16
"""
