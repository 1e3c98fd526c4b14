# fails: redshifts-parameters-test
# Where exp overflows, the right number is chosen, but the gradient of the other one is nan.
# %% solution="redshifts-parameters"
def mixture_parameters(raw, centres):
    a, b, c = tf.split(raw, 3, axis=1)
    return a, centres + b, 0.005 + tf.where(c > 30, c, tf.math.log(1 + tf.exp(c)))
