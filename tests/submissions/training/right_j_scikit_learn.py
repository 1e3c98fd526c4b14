# %% solution="training-batch"
def batch_mean_variance(values, size):
    variance = np.var(values)
    covariance = -variance / (len(values) - 1)
    return (variance + (size - 1) * covariance) / size


# %% solution="training-standardise"
def standardise(train, x):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(np.asarray(train, dtype=float))
    constant = np.ptp(train, axis=0) == 0
    return np.where(constant, x - train[0], scaler.transform(x))
