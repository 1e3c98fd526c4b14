# fails: deblending-mixture-test
# fails when trained: deblending-mixture-test-2, deblending-mixture-test-3
# The product itself, which is 0 for many pixels.
# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    p = tf.sigmoid(logits)
    drawn = masks[:, :, :, None]
    each = tf.reduce_prod(drawn * p + (1 - drawn) * (1 - p), axis=[1, 2, 4])
    return -tf.reduce_mean(tf.math.log(tf.reduce_sum(tf.nn.softmax(gate) * each, axis=1)))
