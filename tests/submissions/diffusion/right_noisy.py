# Right, but prints, warns and divides by zero on the way.
# %% solution="diffusion-score"
import warnings


def mixture_score(y, sigma, weights, means, widths):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    np.zeros(1) / np.zeros(1)
    v = np.square(widths) + np.square(sigma)
    away = y[:, None, :] - means[None, :, :]
    logs = np.log(weights * (v / v.max()) ** (-y.shape[1] / 2)) - (away**2).sum(-1) / v / 2
    logs -= logs.max(1)[:, None]
    share = np.exp(logs) / np.exp(logs).sum(1)[:, None]
    return (share[..., None] * -away / v[:, None]).sum(1)

# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    print("from", sigmas[0])
    np.log(np.zeros(1))
    for a, b in zip(sigmas, sigmas[1:]):
        first = a * score(y, a)
        guess = y + (a - b) * first
        y = guess if b == 0 else y + (a - b) / 2 * (first + b * score(guess, b))
    return y

# %% solution="diffusion-nearest"
def nearest(a, b):
    print(len(a))
    found = [((b - row) ** 2).sum(axis=1) for row in a]
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    return np.array([one.min() ** 0.5 for one in found]), [int(one.argmin()) for one in found]

# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    print("factors")
    total = sigma**2 + data_sd**2
    return 1 - sigma**2 * total**-1 if False else data_sd**2 / total, sigma * data_sd * total**-0.5, total**-0.5
