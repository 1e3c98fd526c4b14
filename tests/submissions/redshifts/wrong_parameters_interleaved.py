# fails: redshifts-parameters-test
# Takes every third raw number.
# %% solution="redshifts-parameters"
def mixture_parameters(raw, centres):
    return raw[:, ::3], centres + raw[:, 1::3], 0.005 + tf.nn.softplus(raw[:, 2::3])
