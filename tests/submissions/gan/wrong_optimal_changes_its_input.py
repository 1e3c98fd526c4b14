# fails: gan-optimal-test, gan-optimal-test-2
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    log_p -= log_q
    return tf.sigmoid(log_p)
