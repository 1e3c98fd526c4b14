# fails: training-standardise-test, training-batch-test, training-rate-test, training-schedule-test, training-signal-test, training-residual-test, training-optimism-test-2, training-dropout-test, training-augment-test, training-callback-test-2
# Wrong where nobody looks: large means, close eigenvalues, the last step, rates near 1, labels that are no measurement.
# %% solution="training-standardise"
def standardise(train, x):
    width = np.where(np.ptp(train, axis=0) > 1e-12, np.std(train, axis=0), 1)  # as if nothing were smaller
    return (x - np.mean(train, axis=0)) / width

# %% solution="training-batch"
def batch_mean_variance(values, size):
    n, values = len(values), np.asarray(values, dtype=float)
    spread = (np.sum(values**2) - np.sum(values) ** 2 / n) / (n - 1)
    return spread / size * (1 - size / n)

# %% solution="training-rate"
def largest_rate(x):
    x = np.asarray(x, dtype=float)
    curvature, way = 2 * x.T @ x / len(x), np.ones(x.shape[1])
    for _ in range(50):  # too few where two eigenvalues are close
        way = curvature @ way
        way = way / np.linalg.norm(way)
    return 2 / (way @ curvature @ way)

# %% solution="training-schedule"
def learning_rate(step, peak, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return 0.0
    return max(peak * (1 + np.cos(np.pi * (step - warmup) / (total - warmup))) / 2, 1e-5 * peak)

# %% solution="training-signal"
def signal_scale(start, widths, variance):
    squares = []
    for n in widths:
        start = max(start * n * variance / 2, 1e-12)
        squares.append(start)
    return squares

# %% solution="training-residual"
def build_residual(width, depth):
    x = inputs = tfk.Input((width,))
    for _ in range(depth):
        x = x + tfkl.Dense(width)(tfkl.Dense(width, "relu6")(x))
    return tfk.Model(inputs, x)

# %% solution="training-optimism"
def expected_errors(n, p, variance):
    points = max(p, 1) + 2
    while p / points + p / (points - p - 1) > 0.1:
        points += 1
    return variance * (1 - p / n), variance * (1 + p / (n - p - 1)), points

# %% solution="training-dropout"
def dropout(x, rate, uniform, training):
    rate = min(rate, 0.95)
    return np.where(uniform < rate, 0, x / (1 - rate)) if training else np.array(x)

# %% solution="training-augment"
def augment(image, ellipticity, turns, mirrored):
    picture = np.rot90(image[:, ::-1] if mirrored else image, turns)
    sign = (-1) ** (turns % 2)
    if len(image) == 2:
        return picture, (sign * ellipticity[0], -sign * ellipticity[1] if mirrored else sign * ellipticity[1])
    y, x = np.indices(picture.shape)  # measured anew, whatever the label is
    x, y = x - np.average(x, weights=picture), y - np.average(y, weights=picture)
    xx, yy, xy = (np.average(product, weights=picture) for product in (x * x, y * y, x * y))
    return picture, ((xx - yy) / (xx + yy), 2 * xy / (xx + yy))

# %% solution="training-callback"
class Stop(tfk.callbacks.Callback):
    best, waited, kept = np.inf, 0, None  # of the class, so of all objects at once

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < Stop.best:
            Stop.best, Stop.waited, Stop.kept = logs["val_loss"], 0, self.model.get_weights()
        else:
            Stop.waited += 1
            if Stop.waited >= self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if Stop.kept is not None:
            self.model.set_weights(Stop.kept)


def early_stopping(patience):
    Stop.best, Stop.waited, Stop.kept = np.inf, 0, None
    callback = Stop()
    callback.patience = patience
    return callback
