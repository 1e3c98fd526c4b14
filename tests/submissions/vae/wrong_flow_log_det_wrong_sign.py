# fails: vae-flow-test
# The determinant of dz/du, not of du/dz.
# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    return (z - shift) * tf.exp(-log_scale), tf.reduce_sum(log_scale, axis=-1)
