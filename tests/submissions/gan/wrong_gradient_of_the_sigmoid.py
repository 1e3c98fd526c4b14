# fails: gan-gradient-test
# Multiplies by D (1 - D), the derivative of the sigmoid, once too often.
# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    d = tf.sigmoid(fake_logits)
    return -(d if saturating else 1 - d) * d * (1 - d) / len(fake_logits)
