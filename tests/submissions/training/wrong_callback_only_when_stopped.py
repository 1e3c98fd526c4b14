# fails: training-callback-test-2
# The best weights come back only if the training was stopped early.
# %% solution="training-callback"
def early_stopping(patience):
    class Best(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited, self.kept = np.inf, 0, None

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] < self.best:
                self.best, self.waited, self.kept = logs["val_loss"], 0, self.model.get_weights()
            if self.waited >= patience:
                self.model.stop_training = True
                self.model.set_weights(self.kept)

    return Best()
