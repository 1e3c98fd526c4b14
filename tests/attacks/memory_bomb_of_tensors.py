"""Fills memory with tensors, which TensorFlow allocates past Python. It must be stopped, or be refused them."""

CODE = r"""
taken = []
for _ in range(4000):
    taken.append(tf.random.uniform((2**22, 4)) + tf.cast(len(taken), tf.float32))


def dense_parameters(n_in, n_out):
    return 16
"""
