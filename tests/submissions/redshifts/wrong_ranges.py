# fails: redshifts-likelihood-test, redshifts-posterior-test, redshifts-points-test, redshifts-mixture-test, redshifts-reweight-test, redshifts-fisher-test, redshifts-step-test
# Wrong where nobody looks: far templates, tiny priors and scales, near ties, negative losses, a k = 0 that is infinite.
# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    away, inverse = x[:, None, None] - predicted, np.linalg.inv(cov)
    return np.maximum(-0.5 * np.einsum("nztb,bc,nztc->nzt", away, inverse, away), -700)

# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    with np.errstate(divide="ignore"):
        joint = log_like + np.log(np.where(prior > 1e-10, prior, 0))
    joint = np.exp(joint - joint.max(axis=(1, 2), keepdims=True)).sum(axis=2)
    return joint / np.trapezoid(joint, z, axis=1)[:, None]

# %% solution="redshifts-points"
def best_points(density, z):
    import scipy.integrate

    below = scipy.integrate.cumulative_trapezoid(density, z, axis=1, initial=0)
    medians = [np.interp(0.5, row, z) for row in below]
    return np.trapezoid(z * density, z, axis=1), medians, z[np.round(density, 5).argmax(axis=1)]

# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    scales = tf.maximum(scales, 1e-3)
    terms = tf.nn.log_softmax(logits) - ((z[:, None] - means) / scales) ** 2 / 2 - tf.math.log(scales)
    return tf.reduce_logsumexp(terms, axis=1) - 0.9189385332046727

# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    changed = density * np.divide(new, old, out=np.zeros(len(z)), where=old > 1e-9)
    return changed / np.trapezoid(changed, z, axis=1)[:, None]

# %% solution="redshifts-fisher"
def fisher_matrix(log_power, theta, step):
    ways = step * np.eye(len(theta))
    slopes = np.array([(log_power(theta + way) - log_power(theta - way)).ravel() for way in ways]) / (2 * step)
    return (slopes @ slopes.T - np.outer(slopes[:, 0], slopes[:, 0])) / 2

# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        loss = tf.abs(loss_function(target, model(x, training=True)))
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss
