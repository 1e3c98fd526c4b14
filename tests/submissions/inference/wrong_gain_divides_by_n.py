# fails: inference-gain-test
# The standard deviation with n.
# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    gain = log_q - log_prior
    return np.mean(gain), np.std(gain) / np.sqrt(len(gain))
