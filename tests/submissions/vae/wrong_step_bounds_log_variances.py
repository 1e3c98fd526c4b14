# fails: vae-step-test
# Log-variances below -10 are cut before they are used.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    with tf.GradientTape() as tape:
        mean, log_var = code_of(encoder, y, training=True)
        log_var = tf.clip_by_value(log_var, -10.0, 10.0)
        z = parts.sample(mean, log_var, eps)
        log_likelihood = parts.log_prob(y, image_of(decoder, z, training=True), 1.0)
        kl = parts.kl(mean, log_var)
        loss = parts.loss(log_likelihood, kl, beta)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
