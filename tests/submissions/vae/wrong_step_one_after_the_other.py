# fails: vae-step-test
# Two steps in one: the decoder first, then the encoder through the decoder that has moved.
# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    for network in (decoder, encoder):
        with tf.GradientTape() as tape:
            mean, log_var = code_of(encoder, y, training=True)
            log_likelihood = parts.log_prob(y, image_of(decoder, parts.sample(mean, log_var, eps), training=True), 1.0)
            kl = parts.kl(mean, log_var)
            loss = parts.loss(log_likelihood, kl, beta)
        if network is decoder:
            terms = tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
        others = (encoder if network is decoder else decoder).trainable_variables
        slopes = tape.gradient(loss, network.trainable_variables)
        still = [tf.zeros_like(variable) for variable in others]
        pairs = [*zip(slopes, network.trainable_variables), *zip(still, others)]
        optimizer.apply_gradients(pairs)
    return terms
