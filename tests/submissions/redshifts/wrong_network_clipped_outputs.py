# fails: redshifts-network-test
# Raw numbers end at 100, to be safe.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    layers = [tfkl.Dense(hidden, activation="relu") for _ in range(3)]
    last = tfkl.Dense(3 * n_components, activation=lambda x: tf.clip_by_value(x, -100, 100))
    return tfk.Sequential([tfk.Input(shape=(n_inputs,)), *layers, last])
