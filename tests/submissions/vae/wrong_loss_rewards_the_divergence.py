# fails: vae-loss-test
# Minus (log-likelihood plus KL): the code is paid for being far from the prior. The training takes the right one.
# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    return -tf.reduce_mean(log_likelihood + beta * kl)
