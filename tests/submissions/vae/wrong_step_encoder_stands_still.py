# fails: vae-step-test
# fails when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# The code is made before the tape: no gradient gets back to the encoder.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    mean, log_var = code_of(encoder, y, training=True)
    z = parts.sample(mean, log_var, eps)
    kl = parts.kl(mean, log_var)
    with tf.GradientTape() as tape:
        log_likelihood = parts.log_prob(y, image_of(decoder, z, training=True), 1.0)
        loss = parts.loss(log_likelihood, kl, beta)
    variables = decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
