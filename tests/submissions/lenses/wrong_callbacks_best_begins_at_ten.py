# fails: lenses-callbacks-test-2
# %% solution="lenses-callbacks"
def training_callbacks(path, patience):
    stop = tfk.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    best = [10.0]

    def keep(number, logs):
        if logs["val_loss"] < best[0]:
            best[0] = logs["val_loss"]
            stop.model.save_weights(path)

    return [stop, tfk.callbacks.LambdaCallback(on_epoch_end=keep)]
