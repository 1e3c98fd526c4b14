# Right, with TensorFlow, scikit-learn and Keras.
# %% solution="training-standardise"
from sklearn.preprocessing import StandardScaler


def standardise(train, x):
    scaler = StandardScaler().fit(train)
    scaler.scale_[np.max(train, axis=0) == np.min(train, axis=0)] = 1.0
    return tf.constant(scaler.transform(x))

# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    layer = tfkl.BatchNormalization(dtype="float64")
    layer.build(np.shape(x))
    layer.set_weights([gamma, beta, mean, variance])
    return [layer(np.asarray(x, dtype="float64"), training=training), *layer.get_weights()[2:]]

# %% solution="training-dropout"
def dropout(x, rate, uniform, training):
    x = tf.cast(x, tf.float64)
    return x * tf.cast(uniform >= rate, tf.float64) / (1 - rate) if training else x

# %% solution="training-clip"
def clip_gradients(gradients, limit):
    return tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], limit)[0]

# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
    gradients = tape.gradient(loss, variables)
    length = tf.sqrt(sum(tf.reduce_sum(gradient**2) for gradient in gradients))
    gradients = [gradient * (limit / tf.maximum(length, limit)) for gradient in gradients]
    optimizer.apply(gradients, variables)
    return loss
