# The step without the notebook's helpers: two tapes in one, the terms written out, gradients applied in pairs.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    models = [encoder, decoder]
    with tf.GradientTape(persistent=True) as tape:
        both = encoder(y / 20, training=True)
        d = eps.shape[1]
        mean, log_var = both[:, :d], both[:, d:]
        sigma = tf.sqrt(tf.exp(log_var))
        x = 20 * decoder(mean + sigma * eps, training=True)
        pixels = tf.cast(tf.size(y[0]), tf.float32)
        squares = tf.reduce_sum((y - x) ** 2, axis=[1, 2, 3])
        log_likelihood = tf.reduce_mean(-squares / 2) - pixels / 2 * tf.math.log(2 * tf.constant(np.pi, tf.float32))
        kl = tf.reduce_mean(tf.reduce_sum(sigma**2 / 2 + mean**2 / 2 - log_var / 2 - 0.5, axis=1))
        loss = -(log_likelihood - beta * kl)
    slopes = [tape.gradient(loss, model.trainable_variables) for model in models]
    pairs = [pair for some, model in zip(slopes, models) for pair in zip(some, model.trainable_variables)]
    optimizer.apply_gradients(pairs)
    return [log_likelihood, kl]
