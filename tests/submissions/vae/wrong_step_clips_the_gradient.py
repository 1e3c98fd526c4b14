# fails: vae-step-test
# It moves as far as the optimiser says only where the gradient is short.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    with tf.GradientTape() as tape:
        mean, log_var = code_of(encoder, y, training=True)
        decoded = image_of(decoder, parts.sample(mean, log_var, eps), training=True)
        log_likelihood, kl = parts.log_prob(y, decoded, 1.0), parts.kl(mean, log_var)
        loss = parts.loss(log_likelihood, kl, beta)
    variables = encoder.trainable_variables + decoder.trainable_variables
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 100.0)
    optimizer.apply(gradients, variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
