# fails: training-callback-test-2
# Keeps what learns alone: the moving averages of batch normalisation stay those of the last epoch.
# %% solution="training-callback"
def early_stopping(patience):
    class Best(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited, self.kept = np.inf, 0, []

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] < self.best:
                self.best, self.waited = logs["val_loss"], 0
                self.kept = [weight.numpy() for weight in self.model.trainable_weights]
            if self.waited >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs=None):
            for weight, kept in zip(self.model.trainable_weights, self.kept):
                weight.assign(kept)

    return Best()
