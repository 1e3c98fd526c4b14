# fails: deblending-mixture-test
# The mean of the losses of the masks, by their probabilities.
# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    drawn = tf.zeros_like(logits) + masks[:, :, :, None]
    each = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=drawn, logits=logits), axis=[1, 2, 4])
    return tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(gate) * each, axis=1))
