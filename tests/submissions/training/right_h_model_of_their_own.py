# Right: a model of the student's own for the transfer, weights that a callback keeps one by one, a mask that multiplies.
# %% solution="training-transfer"
class Head(tfk.Model):
    def __init__(self, network, outputs):
        super().__init__()
        self.body = tfk.Model(network.inputs, network.layers[-1].input)
        self.body.trainable = False
        self.last = tfkl.Dense(outputs)

    def call(self, x, training=None):
        return self.last(self.body(x, training=False))


def build_transfer(network, outputs):
    model = Head(network, outputs)
    model.build((None, network.input_shape[1]))
    return model

# %% solution="training-callback"
class Stop(tfk.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.best, self.since, self.copies = patience, float("inf"), 0, []

    def on_epoch_end(self, epoch, logs=None):
        better = logs["val_loss"] < self.best
        self.since = 0 if better else self.since + 1
        if better:
            self.best, self.copies = logs["val_loss"], [weight.numpy() for weight in self.model.weights]
        self.model.stop_training = self.since >= self.patience

    def on_train_end(self, logs=None):
        for weight, copy in zip(self.model.weights, self.copies):
            weight.assign(copy)


def early_stopping(patience):
    return Stop(patience)

# %% solution="training-dropout"
def dropout(x, rate, uniform, training):
    return x * (1 - np.less(uniform, rate)) / (1 - rate) if training else x

# %% solution="training-clip"
def clip_gradients(gradients, limit):
    length = sum(float(np.sum(np.asarray(gradient, float) ** 2)) for gradient in gradients) ** 0.5
    return list(gradients) if length <= limit else [np.array(gradient) * limit / length for gradient in gradients]
