# fails: training-standardise-test, training-rate-test, training-signal-test, training-callback-test, training-callback-test-2
# Wrong where numbers coincide: equal rows, a start at right angles, a mean square that is a whole number, a loss of 0.
# %% solution="training-standardise"
def standardise(train, x):
    width = np.where(train[0] == train[-1], 1.0, np.std(train, axis=0))  # as if what lies between were equal, too
    return (x - np.mean(train, axis=0)) / width

# %% solution="training-rate"
def largest_rate(x):
    curvature, way = 2 * x.T @ x / len(x), np.ones(x.shape[1])
    for _ in range(2000):
        way = curvature @ way
        way = way / max(np.linalg.norm(way), 1e-300)
    return 2 / max(way @ curvature @ way, 1e-300)

# %% solution="training-signal"
def signal_scale(start, widths, variance):
    squares = np.full(len(widths), start)  # whole numbers, if the start is one
    for layer, n in enumerate(widths):
        start = start * n * variance / 2
        squares[layer] = start
    return squares

# %% solution="training-callback"
def early_stopping(patience):
    class Best(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited, self.kept = None, 0, None

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            loss = logs["val_loss"]
            if loss == loss and (not self.best or loss < self.best):  # a best of 0 is none
                self.best, self.waited, self.kept = loss, 0, self.model.get_weights()
            if self.waited >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs=None):
            if self.kept is not None:
                self.model.set_weights(self.kept)

    return Best()
