# fails: diffusion-kernel-test, diffusion-heun-test, diffusion-step-test
# What is small is 0: the slope of beta at short times, and the last noise level. Large gradients are cut.
# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    t = np.asarray(t)
    integral = low * t + 0.5 * (high - low) * t**2
    alpha = np.exp(-0.5 * integral)
    return alpha, np.where(integral < 1e-8, np.sqrt(low * t), np.sqrt(1 - alpha**2))

# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        if not np.isclose(after, 0, atol=1e-6):
            slope = (slope - after * score(guess, after)) / 2
        y = y + (after - sigma) * slope
    return y

# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    skip, out, into = preconditioning(sigma, data_sd)
    y = x + sigma * noise
    with tf.GradientTape() as tape:
        clean = skip * y + out * network(tf.concat([into * y, tf.math.log(sigma) / 4], axis=1))
        loss = tf.reduce_mean(tf.reduce_sum(((clean - x) / out) ** 2, axis=1))
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, network.trainable_variables), 100.0)
    optimizer.apply(gradients, network.trainable_variables)
    return loss
