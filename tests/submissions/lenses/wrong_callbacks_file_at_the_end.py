# fails: lenses-callbacks-test-2
# The file is right when the training is over, but a training that is interrupted leaves none.
# %% solution="lenses-callbacks"
class Saver(tfk.callbacks.Callback):
    def __init__(self, path):
        super().__init__()
        self.path, self.best = path, np.inf

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best, self.kept = logs["val_loss"], self.model.get_weights()

    def on_train_end(self, logs=None):
        now = self.model.get_weights()
        self.model.set_weights(self.kept)
        self.model.save_weights(self.path)
        self.model.set_weights(now)


def training_callbacks(path, patience):
    return [tfk.callbacks.EarlyStopping(patience=patience, restore_best_weights=True), Saver(path)]
