# fails: inference-networks-test
# The second call gives the networks of the first, which have been trained since.
# %% solution="inference-networks"
import functools

@functools.cache
def build_networks(n_layers, hidden, n_data):
    def network():
        hidden_layers = [tfkl.Dense(hidden, "silu") for _ in range(2)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *hidden_layers, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]
