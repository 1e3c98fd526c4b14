# One callback of the student's own does it all; weight decay and an L2 penalty, which is no part of the cross-entropy.
# %% solution="lenses-callbacks"
class Best(tfk.callbacks.Callback):
    def __init__(self, path, patience):
        super().__init__()
        self.path, self.patience, self.best, self.when = path, patience, np.inf, 0

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best, self.when, self.weights = logs["val_loss"], epoch, self.model.get_weights()
            self.model.save_weights(self.path)
        elif epoch - self.when >= self.patience:
            self.model.stop_training = True
            self.model.set_weights(self.weights)


def training_callbacks(path, patience):
    return [Best(path, patience)]


# %% solution="lenses-classifier"
def build_classifier(width=1):
    f = lambda n: n * width
    layers = [tfk.Input(shape=(48, 48, 1))]
    for filters, size, strides in ((24, 6, 4), (32, 3, 1), (48, 3, 1)):
        layers += [
            tfkl.Conv2D(f(filters), size, strides=strides, padding="same", use_bias=False, kernel_regularizer=tfk.regularizers.L2(1e-5)),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]
    layers += [tfkl.MaxPool2D(), tfkl.Conv2D(f(64), 3, padding="same", use_bias=False, kernel_regularizer=tfk.regularizers.L2(1e-5))]
    layers += [tfkl.BatchNormalization(momentum=0.9), tfkl.ReLU(), tfkl.GlobalMaxPooling2D()]
    layers += [tfkl.Dense(1, activation="sigmoid")]
    model = tfk.Sequential(layers)
    model.compile(tfk.optimizers.AdamW(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS), weight_decay=1e-4), "binary_crossentropy")
    return model
