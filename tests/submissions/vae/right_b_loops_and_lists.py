# Right, with loops and lists where others would use arrays.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    flat = [2 * exposure * ((noise**2 + i / exposure) ** 0.5 - noise) for i in np.ravel(images).tolist()]
    return np.array(flat).reshape(np.shape(images))

# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    answers = []
    for i in range(x.shape[0]):
        chi = (x[i] - mean[i]) / sigma
        logs = tf.reduce_sum(tf.math.log(sigma * tf.ones_like(chi)))
        answers.append(-0.5 * tf.reduce_sum(chi * chi) - logs - 0.5 * np.log(2 * np.pi) * int(np.prod(x.shape[1:])))
    return tf.stack(answers)

# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    columns = []
    for j in range(mean.shape[1]):
        columns.append(mean[:, j] + tf.sqrt(tf.exp(log_var[:, j])) * eps[:, j])
    return tf.stack(columns, axis=1)

# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    total = 0.0
    for j in range(mean.shape[1]):
        total = total + 0.5 * (tf.exp(log_var[:, j]) + mean[:, j] ** 2 - 1.0 - log_var[:, j])
    return total

# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    out = []
    for i in range(mean.shape[0]):
        m, s = mean[i].astype(float), np.exp(log_var[i].astype(float) / 2)
        terms = []
        for e in eps[:, i].astype(float):
            z = m + s * e
            terms.append(sum(-0.5 * e**2 - np.log(s) + 0.5 * z**2))
        out.append(sum(terms) / len(terms))
    return out

# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    d = W.shape[1]
    M = [[sum(W[:, a] * W[:, b]) + (sigma**2 if a == b else 0) for b in range(d)] for a in range(d)]
    mean = np.linalg.solve(M, [sum(W[:, a] * x) for a in range(d)])
    return [mean.tolist(), (sigma**2 * np.linalg.inv(M)).tolist()]

# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    D, d = W.shape
    total = 0.0
    for i in range(D):
        centre = sum(W[i, a] * mean[a] for a in range(d))
        spread = sum(W[i, a] * covariance[a, b] * W[i, b] for a in range(d) for b in range(d))
        total -= 0.5 * np.log(2 * np.pi * sigma**2) + ((x[i] - centre) ** 2 + spread) / (2 * sigma**2)
    for a in range(d):
        total -= 0.5 * (covariance[a, a] + mean[a] ** 2 - 1)
    return [total + 0.5 * np.log(np.linalg.det(covariance))]

# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    losses = [beta * kl[i] - log_likelihood[i] for i in range(log_likelihood.shape[0])]
    return sum(losses) / len(losses)

# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    weight = beta
    if step < warm_up_steps:
        weight = step * beta / warm_up_steps
    return weight

# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    count = 0
    for j in range(mean.shape[1]):
        total = 0.0
        for m, v in zip(mean[:, j], log_var[:, j]):
            total += (np.exp(v) + m**2 - 1 - v) / 2
        if total / len(mean) > threshold:
            count += 1
    return count

# %% solution="vae-moments"
def moments(images, scale):
    answers = []
    for stamp in images:
        s = len(stamp)
        y, x = np.indices(stamp.shape) - (s - 1) / 2
        w = stamp * np.exp(-(x**2 + y**2) / (2 * scale**2))
        xbar, ybar = np.average(x, weights=w), np.average(y, weights=w)
        xx = np.average((x - xbar) ** 2, weights=w)
        yy = np.average((y - ybar) ** 2, weights=w)
        xy = np.average((x - xbar) * (y - ybar), weights=w)
        det = xx * yy - xy**2
        down = xx + yy + 2 * det**0.5
        answers.append([stamp.sum(), det**0.25, (xx - yy) / down, 2 * xy / down])
    return answers

# %% solution="vae-ks"
def ks_statistic(a, b):
    # A walk along both sorted samples, one value at a time.
    a, b = sorted(a), sorted(b)
    i = j = 0
    largest = 0.0
    while i < len(a) and j < len(b):
        t = min(a[i], b[j])
        while i < len(a) and a[i] <= t:
            i += 1
        while j < len(b) and b[j] <= t:
            j += 1
        largest = max(largest, abs(i / len(a) - j / len(b)))
    return largest

# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    u, log_det = [], 0.0
    for j in range(z.shape[1]):
        u.append((z[:, j] - shift[:, j]) / tf.exp(log_scale[:, j]))
        log_det = log_det - log_scale[:, j]
    return [tf.stack(u, axis=1), log_det]
