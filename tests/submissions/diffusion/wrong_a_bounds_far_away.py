# fails: diffusion-score-test, diffusion-network-test, diffusion-step-test
# A guard of 1e-8 beside weights, answers cut at 1000, and a step that looks at 256 points alone.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    variance = widths**2 + sigma**2
    away = y[:, None] - means
    log_p = np.log(weights + 1e-8) - 0.5 * means.shape[1] * np.log(variance) - 0.5 * np.sum(away**2, axis=2) / variance
    share = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    share = share / share.sum(axis=1, keepdims=True)
    return -np.sum((share / variance)[:, :, None] * away, axis=1)


# %% solution="diffusion-network"
def build_network(d, hidden):
    inner = [tfkl.Dense(hidden, "silu") for _ in range(3)]
    cut = tfkl.Lambda(lambda x: tf.clip_by_value(x, -1000.0, 1000.0))
    return tfk.Sequential([tfk.Input((d + 1,)), *inner, tfkl.Dense(d), cut])



# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    x, sigma, noise = x[:256], sigma[:256], noise[:256]
    skip, out, into = preconditioning(sigma, data_sd)
    y = x + sigma * noise
    with tf.GradientTape() as tape:
        clean = skip * y + out * network(tf.concat([into * y, tf.math.log(sigma) / 4], axis=1))
        loss = tf.reduce_mean(tf.reduce_sum(((clean - x) / out) ** 2, axis=1))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return loss
