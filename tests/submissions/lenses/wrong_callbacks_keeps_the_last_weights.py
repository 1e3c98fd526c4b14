# fails: lenses-callbacks-test
# EarlyStopping without restore_best_weights, as on the slide: the network keeps the weights of the last epoch.
# %% solution="lenses-callbacks"
def training_callbacks(path, patience):
    return [
        tfk.callbacks.EarlyStopping(monitor="val_loss", patience=patience),
        tfk.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True, save_weights_only=True),
    ]
