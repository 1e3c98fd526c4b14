# fails: vae-loss-test, vae-step-test
# fails when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# Minus (log-likelihood plus KL): the code is paid for being far from the prior. The task (2) is lost, and all that
# needs training (8).
# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    return -tf.reduce_mean(log_likelihood + beta * kl)
