# fails: training-callback-test-2
# Stops in time, and leaves the last weights.
# %% solution="training-callback"
def early_stopping(patience):
    class Stop(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited = np.inf, 0

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] < self.best:
                self.best, self.waited = logs["val_loss"], 0
            if self.waited >= patience:
                self.model.stop_training = True

    return Stop()
