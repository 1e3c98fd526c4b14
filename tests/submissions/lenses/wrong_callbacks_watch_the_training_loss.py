# fails: lenses-callbacks-test, lenses-callbacks-test-2
# Both callbacks watch the loss on the training set, which falls and falls.
# %% solution="lenses-callbacks"
def training_callbacks(path, patience):
    return [
        tfk.callbacks.EarlyStopping(monitor="loss", patience=patience, restore_best_weights=True),
        tfk.callbacks.ModelCheckpoint(path, monitor="loss", save_best_only=True, save_weights_only=True),
    ]
