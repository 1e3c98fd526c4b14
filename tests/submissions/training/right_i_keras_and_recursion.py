# Right: a callback and a schedule of Keras, a function that calls itself, a search by halves, a copy of a network.
# %% solution="training-signal"
def signal_scale(start, widths, variance):
    if len(widths) == 0:
        return []
    first = start * widths[0] * variance / 2
    return [first, *signal_scale(first, widths[1:], variance)]

# %% solution="training-schedule"
def learning_rate(step, peak, warmup, total):
    if step < warmup:
        return tf.constant((step + 1) / warmup * peak, tf.float64)
    return peak * tf.cast(tfk.optimizers.schedules.CosineDecay(1.0, total - warmup)(step - warmup), tf.float64)

# %% solution="training-batch"
def batch_mean_variance(values, size):
    count, middle, squares = 0, 0.0, 0.0
    for value in values:  # Welford's way
        count, step = count + 1, value - middle
        middle = middle + step / count
        squares = squares + step * (value - middle)
    return squares / (count - 1) * (count - size) / (count * size)

# %% solution="training-optimism"
def expected_errors(n, p, variance):
    low, high = p + 1, 30 * p + 2
    while high - low > 1:
        middle = (low + high) // 2
        enough = p / middle + p / (middle - p - 1) <= 0.1
        low, high = (low, middle) if enough else (middle, high)
    return variance * (1 - p / n), tf.constant(variance * (n - 1) / (n - p - 1), tf.float64), np.int32(high)

# %% solution="training-augment"
def augment(image, ellipticity, turns, mirrored):
    picture = tf.cast(np.asarray(image)[..., None], tf.float64)
    picture = tf.image.flip_left_right(picture) if mirrored else picture
    sign = 1 - 2 * (turns % 2)
    label = tf.stack([sign * ellipticity[0], -sign * ellipticity[1] if mirrored else sign * ellipticity[1]])
    return tf.image.rot90(picture, turns % 4)[..., 0], label

# %% solution="training-callback"
class Stop(tfk.callbacks.EarlyStopping):
    def on_epoch_end(self, epoch, logs=None):
        loss = logs["val_loss"]
        super().on_epoch_end(epoch, {"val_loss": np.inf if np.isnan(loss) else loss})
        if epoch + 1 == self.params["epochs"]:  # what `fit` tells its callbacks, and the optimiser that it has
            print("last epoch, learning rate", float(self.model.optimizer.learning_rate.numpy()))


def early_stopping(patience):
    return Stop(monitor="val_loss", mode="min", patience=patience, restore_best_weights=True)

# %% solution="training-transfer"
def build_transfer(network, outputs):
    copy = tfk.models.clone_model(network)
    copy.set_weights(network.get_weights())
    body = tfk.Model(copy.inputs, copy.layers[-2].output)
    body.trainable = False
    return tfk.Model(body.inputs[0], tfkl.Dense(outputs, name="head")(body.outputs[0]))
