# Right, with what SciPy and TensorFlow Probability have.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    return tfd.LogNormal(np.float64(a), np.float64(abs(b))).log_prob(y)

# %% solution="flows-entropy"
def gaussian_entropy(cov):
    return scipy.stats.multivariate_normal(np.zeros(len(cov)), cov).entropy()

# %% solution="flows-nll"
def held_out_nll(log_probs):
    return [-np.average(log_probs), scipy.stats.sem(log_probs)]

# %% solution="flows-chain"
def chain_log_prob(x, conditioners):
    n, d = x.shape
    log_prob = 0.0
    for conditioner in conditioners[::-1]:
        x = np.roll(x, d // 2, axis=1)
        shift, log_scale = conditioner(x[:, : d // 2])
        x[:, d // 2 :] = (x[:, d // 2 :] - shift) / np.exp(log_scale)
        log_prob -= log_scale.sum(1)
    return log_prob + scipy.stats.multivariate_normal(np.zeros(d), np.eye(d)).logpdf(x).reshape(n)

# %% solution="flows-latent"
def radius_distance(z):
    return scipy.stats.kstest(np.linalg.norm(z, axis=1), scipy.stats.chi(z.shape[1]).cdf)[0]

# %% solution="flows-posterior"
def linear_gaussian_posterior(x, A, prior_cov, noise_cov):
    gain = np.linalg.solve(A @ prior_cov @ A.T + noise_cov, A @ prior_cov).T
    return (gain @ x.T).T, (np.eye(len(prior_cov)) - gain @ A) @ prior_cov

# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    above = 1 - np.mean(log_prob_samples <= log_prob_true, axis=0)
    return scipy.stats.ecdf(np.round(above, 9)).cdf.evaluate(np.asarray(levels) + 1e-9)
