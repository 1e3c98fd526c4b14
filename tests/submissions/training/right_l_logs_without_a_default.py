# Right: a callback whose methods take logs without a default, since Keras always gives them.
# %% solution="training-callback"
def early_stopping(patience):
    state = {"best": float("inf"), "at": -1, "weights": None}
    def end(epoch, logs):
        if logs["val_loss"] < state["best"]:
            state.update(best=logs["val_loss"], at=epoch, weights=[w.numpy() for w in callback.model.weights])
        if epoch - state["at"] >= patience:
            callback.model.stop_training = True
    def finish(logs):
        if state["weights"] is not None:
            for w, v in zip(callback.model.weights, state["weights"]):
                w.assign(v)
    def begin(logs):
        state["epochs"] = callback.params["epochs"]

    callback = tfk.callbacks.LambdaCallback(
        on_train_begin=begin, on_epoch_begin=lambda epoch, logs: None, on_epoch_end=end, on_train_end=finish
    )
    return callback
