# fails: flows-nll-test
# Sums where it should average.
# %% solution="flows-nll"
def held_out_nll(log_probs):
    return -np.sum(log_probs), np.std(log_probs, ddof=1) * np.sqrt(len(log_probs))
