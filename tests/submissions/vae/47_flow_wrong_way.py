# From u to z: right for sampling, wrong for the density. Loses the task (3).
# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    return z * tf.exp(log_scale) + shift, tf.reduce_sum(log_scale, axis=-1)
