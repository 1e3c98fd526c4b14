# fails: training-callback-test, training-callback-test-2
# An improvement by less than 1e-7 is none, whatever the size of the losses.
# %% solution="training-callback"
def early_stopping(patience):
    class Best(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited, self.kept = np.inf, 0, None

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] < self.best - 1e-7:
                self.best, self.waited, self.kept = logs["val_loss"], 0, self.model.get_weights()
            if self.waited >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs=None):
            if self.kept is not None:
                self.model.set_weights(self.kept)

    return Best()
