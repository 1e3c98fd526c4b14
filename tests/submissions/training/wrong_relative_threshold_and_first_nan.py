# fails: training-standardise-test, training-callback-test, training-callback-test-2
# A column is called constant where its width is small beside its mean; a `nan` is passed over in the first epoch alone.
# %% solution="training-standardise"
def standardise(train, x):
    mean, width = np.mean(train, axis=0), np.std(train, axis=0)
    return (x - mean) / np.where((width <= 1e-6 * np.abs(mean)) | (np.ptp(train, axis=0) == 0), 1.0, width)


# %% solution="training-callback"
class Stop(tfk.callbacks.EarlyStopping):
    def on_epoch_end(self, epoch, logs=None):
        if epoch > 0 or not np.isnan(logs["val_loss"]):
            super().on_epoch_end(epoch, logs)


def early_stopping(patience):
    return Stop(monitor="val_loss", patience=patience, restore_best_weights=True)
