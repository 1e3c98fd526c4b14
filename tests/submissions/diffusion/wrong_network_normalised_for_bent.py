# fails: diffusion-network-test
# may fail when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Takes batch normalisation for an activation. Out of training it is linear.
# %% solution="diffusion-network"
def build_network(d, hidden):
    layers = [tfkl.Dense(hidden, "tanh")]
    for _ in range(2):
        layers += [tfkl.Dense(hidden), tfkl.BatchNormalization()]
    return tfk.Sequential([tfk.Input((d + 1,)), *layers, tfkl.Dense(d)])
