# fails: redshifts-parameters-test
# Gives weights where logits are asked.
# %% solution="redshifts-parameters"
def mixture_parameters(raw, centres):
    logits, shifts, widths = tf.split(raw, 3, axis=1)
    return tf.nn.softmax(logits), centres + shifts, 0.005 + tf.nn.softplus(widths)
