# fails: deblending-unet-test, deblending-step-test, deblending-kl-test, deblending-latent-test
# What is far out is cut: bright pixels at 30, logits at 1000, logarithms of variances at 30.
# %% solution="deblending-unet"
def unet(x, widths):
    skips, x = [], tfk.ops.clip(x, -30, 30)
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = up_block(x, skips.pop(), filters)
    return x

# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    with tf.GradientTape() as tape:
        logits = tf.clip_by_value(network(images, training=True), -1000.0, 1000.0)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=masks, logits=logits))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss

# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    log_var_q, log_var_p = (tf.clip_by_value(part, -30.0, 30.0) for part in (log_var_q, log_var_p))
    ratio = log_var_q - log_var_p
    far = (mean_q - mean_p) ** 2 / tf.exp(log_var_p)
    return 0.5 * tf.reduce_sum(tf.exp(ratio) - 1 - ratio + far, axis=1)

# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    mean, log_var = posterior(image, masks) if training else prior(image)
    return mean + tf.exp(tf.clip_by_value(log_var, -30.0, 30.0) / 2) * noise
