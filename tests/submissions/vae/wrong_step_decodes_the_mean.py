# fails: vae-step-test
# fails when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# The autoencoder's step with the divergence added: no draw, so that the log-variances learn from the divergence alone.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    with tf.GradientTape() as tape:
        mean, log_var = code_of(encoder, y, training=True)
        log_likelihood = parts.log_prob(y, image_of(decoder, mean, training=True), 1.0)
        kl = parts.kl(mean, log_var)
        loss = parts.loss(log_likelihood, kl, beta)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
