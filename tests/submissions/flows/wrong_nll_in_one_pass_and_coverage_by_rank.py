# fails: flows-nll-test, flows-coverage-test
# The variance as the mean of the squares less the square of the mean, which may be below 0 by round-off.
# %% solution="flows-nll"
def held_out_nll(log_probs):
    n = len(log_probs)
    variance = (np.mean(log_probs**2) - np.mean(log_probs) ** 2) * n / (n - 1)
    return -np.mean(log_probs), np.sqrt(variance / n)


# The truth against the sample of that rank, which is the last one at level 1: what is below all samples is outside.
# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    falling = -np.sort(-log_prob_samples, axis=0)
    k = len(falling)
    return np.array([np.mean(log_prob_true >= falling[min(int(level * k), k - 1)]) for level in levels])
