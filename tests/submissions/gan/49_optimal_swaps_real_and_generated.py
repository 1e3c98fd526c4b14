# q/(p + q): the probability of being generated. Loses both tests (2 points).
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    return tf.sigmoid(log_q - log_p)
