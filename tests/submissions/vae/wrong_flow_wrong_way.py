# fails: vae-flow-test
# From u to z: right for sampling, wrong for the density.
# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    return z * tf.exp(log_scale) + shift, tf.reduce_sum(log_scale, axis=-1)
