# fails: flows-chain-test
# Reverses the order of all columns where the halves are exchanged: in the plane that is the same.
# %% solution="flows-chain"
def chain_log_prob(x, conditioners):
    half = x.shape[1] // 2
    total = 0.0
    for conditioner in reversed(conditioners):
        x = x[:, ::-1]
        shift, log_scale = conditioner(x[:, :half])
        x = np.concatenate([x[:, :half], (x[:, half:] - shift) * np.exp(-log_scale)], axis=1)
        total = total + np.sum(log_scale, axis=1)
    return -0.5 * np.sum(x**2 + np.log(2 * np.pi), axis=1) - total
