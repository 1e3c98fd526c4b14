# fails: vae-step-test
# It returns the divergence times beta, as the loss has it: the curve of the cost would be that of the weight.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    with tf.GradientTape() as tape:
        mean, log_var = code_of(encoder, y, training=True)
        log_likelihood = parts.log_prob(y, image_of(decoder, parts.sample(mean, log_var, eps), training=True), 1.0)
        kl = beta * parts.kl(mean, log_var)
        loss = tf.reduce_mean(kl - log_likelihood)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
