# fails: inference-networks-test
# may fail when trained: inference-networks-test-2, inference-loss-test-2, inference-loss-test-3
# All kernels start at 0: what is behind them is 0, too, and no gradient reaches one of them.
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    def one():
        inner = [tfkl.Dense(hidden, "tanh", kernel_initializer="zeros") for _ in range(2)]
        return tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *inner, tfkl.Dense(2, kernel_initializer="zeros")])
    return [one() for _ in range(n_layers)]
