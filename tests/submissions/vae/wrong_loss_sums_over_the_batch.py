# fails: vae-loss-test
# A sum over the batch where a mean belongs: Adam does not mind, but the loss depends on the batch size.
# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    return tf.reduce_sum(beta * kl - log_likelihood)
