# fails: inference-gain-test
# The sharpness alone.
# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    return np.mean(log_q), np.std(log_q, ddof=1) / np.sqrt(len(log_q))
