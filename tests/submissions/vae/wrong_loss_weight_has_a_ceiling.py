# fails: vae-loss-test
# It is right for weights of up to 2; the training step is given the other in its place.
# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    return -tf.reduce_mean(log_likelihood - tf.minimum(tf.cast(beta, tf.float32), 2.0) * kl)
