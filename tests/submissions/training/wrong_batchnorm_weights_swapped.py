# fails: training-batchnorm-test
# A moving average keeps 1% and takes 99% of the batch.
# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    m, v = mean, variance
    if training:
        m, v = np.mean(x, axis=0), np.var(x, axis=0)
        mean, variance = 0.01 * mean + 0.99 * m, 0.01 * variance + 0.99 * v
    return gamma * (x - m) / np.sqrt(v + 0.001) + beta, mean, variance
