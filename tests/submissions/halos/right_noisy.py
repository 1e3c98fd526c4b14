# Right: prints, and numbers as arrays of one element.
# %% solution="halos-cut"
def best_cut(values, truth):
    print("looking for the best cut")
    order = np.argsort(values, axis=None, kind="stable")[::-1]
    v, t = np.ravel(values)[order].astype(float), (np.ravel(truth)[order] > 0).astype(int)
    last = np.append(v[1:] < v[:-1], True)
    dice = 2 * np.cumsum(t)[last] / (np.flatnonzero(last) + 1 + t.sum())
    return np.array([v[last][np.argmax(dice)]]), np.array([np.max(dice)])

# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    print("averaging", number)
    return np.array([mean_power + scatter_power / number, scatter_power + scatter_power / number])

# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    print("loss of", target.shape)
    return tf.reduce_mean(0.5 * np.log(2 * np.pi) + 0.5 * log_var + 0.5 * (target - mean) ** 2 / tf.exp(log_var))
