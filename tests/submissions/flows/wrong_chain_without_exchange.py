# fails: flows-chain-test
# Never exchanges the halves: the second one is all that is transformed.
# %% solution="flows-chain"
def chain_log_prob(x, conditioners):
    half = x.shape[1] // 2
    total = np.zeros(len(x))
    for conditioner in reversed(conditioners):
        first, second = x[:, :half], x[:, half:]
        shift, log_scale = conditioner(first)
        x = np.concatenate([first, (second - shift) * np.exp(-log_scale)], axis=1)
        total += log_scale.sum(axis=1)
    return -0.5 * np.sum(x**2 + np.log(2 * np.pi), axis=1) - total
