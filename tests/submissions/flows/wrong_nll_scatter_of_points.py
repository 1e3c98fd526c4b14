# fails: flows-nll-test
# The standard deviation of single points for the error of their mean.
# %% solution="flows-nll"
def held_out_nll(log_probs):
    return -np.mean(log_probs), np.std(log_probs, ddof=1)
