# fails: conv-transposed-test
# TensorFlow has no transposed convolution of whole numbers.
# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    kind = np.result_type(maps, kernel)
    four = maps.astype(kind)[None, :, :, None], kernel.astype(kind)[:, :, None, None]
    return tf.nn.conv2d_transpose(*four, (1, height, width, 1), stride, "VALID").numpy()[0, :, :, 0]
