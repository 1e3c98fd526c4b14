# fails: diffusion-network-test
# may fail when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Two hidden layers without an activation, one of them without biases: with the output they are one linear map.
# %% solution="diffusion-network"
def build_network(d, hidden):
    layers = [tfkl.Dense(hidden, "silu"), tfkl.Dense(hidden, use_bias=False), tfkl.Dense(hidden), tfkl.Dense(d)]
    return tfk.Sequential([tfk.Input((d + 1,)), *layers])
