# fails: redshifts-parameters-test
# Scales by the exponential, without the smallest one.
# %% solution="redshifts-parameters"
def mixture_parameters(raw, centres):
    logits, shifts, widths = tf.split(raw, 3, axis=1)
    return logits, centres + shifts, tf.exp(widths)
