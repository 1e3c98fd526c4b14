# Right: more callbacks than asked, one of which needs the optimiser, one the number of epochs; a network of dense layers alone, that grow.
# %% solution="lenses-callbacks"
class Told(tfk.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch + 1} of {self.params['epochs']}: {logs['val_loss']:.3f}")


def training_callbacks(path, patience):
    stop = tfk.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    file = tfk.callbacks.ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    slower = tfk.callbacks.ReduceLROnPlateau(patience=max(1, patience // 2))
    return [tfk.callbacks.TerminateOnNaN(), stop, file, slower, Told()]


# %% solution="lenses-classifier"
def build_classifier(width=1):
    layers = [tfkl.AveragePooling2D(4), tfkl.Flatten(), tfkl.Dense(32 * width, "relu"), tfkl.Dense(1, "sigmoid")]
    model = tfk.Sequential([tfk.Input(shape=(48, 48, 1)), *layers])
    model.compile("adam", "binary_crossentropy")
    return model
