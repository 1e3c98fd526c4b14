# fails: training-clip-test, training-batchnorm-test, training-batchnorm-test-2
# A guard of 1e-10 below a division; what is more than ten standard deviations away is cut.
# %% solution="training-clip"
def clip_gradients(gradients, limit):
    length = np.sqrt(sum(np.sum(np.square(g, dtype=float)) for g in gradients))
    factor = min(1.0, limit / (length + 1e-10))
    return [factor * g for g in gradients]


# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    used_mean, used_variance = mean, variance
    if training:
        used_mean, used_variance = np.mean(x, axis=0), np.var(x, axis=0)
        mean = 0.99 * mean + 0.01 * used_mean
        variance = 0.99 * variance + 0.01 * used_variance
    z = (x - used_mean) / np.sqrt(used_variance + 0.001)
    return gamma * np.clip(z, -10, 10) + beta, mean, variance
