# Right: a padding that takes rows and columns one by one, which makes a network of many small parts.
# %% solution="displacement-pad"
def periodic_pad(x, width):
    h, w = x.shape[1:3]
    x = tf.stack([x[:, i % h] for i in range(-width, h + width)], axis=1)
    return tf.stack([x[:, :, j % w] for j in range(-width, w + width)], axis=2)
