# fails: lenses-callbacks-test-2
# Only early stopping: "the best weights are restored anyway".
# %% solution="lenses-callbacks"
def training_callbacks(path, patience):
    return [tfk.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)]
