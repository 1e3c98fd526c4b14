# fails: training-batchnorm-test-2
# The batch's own mean and variance outside of training, too.
# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    m, v = np.mean(x, axis=0), np.var(x, axis=0)
    if training:
        mean, variance = 0.99 * mean + 0.01 * m, 0.99 * variance + 0.01 * v
    return gamma * (x - m) / np.sqrt(v + 0.001) + beta, mean, variance
