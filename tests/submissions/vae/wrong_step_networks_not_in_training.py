# fails: vae-step-test
# Without training=True: a layer that normalises batches would learn with statistics that never change.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    with tf.GradientTape() as tape:
        mean, log_var = code_of(encoder, y)
        log_likelihood = parts.log_prob(y, image_of(decoder, parts.sample(mean, log_var, eps)), 1.0)
        kl = parts.kl(mean, log_var)
        loss = parts.loss(log_likelihood, kl, beta)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
