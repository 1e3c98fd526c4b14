# fails: diffusion-network-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4
# may fail when trained: diffusion-nearest-test-2
# One hidden layer, where three or four are asked for.
# %% solution="diffusion-network"
def build_network(d, hidden):
    return tfk.Sequential([tfk.Input((d + 1,)), tfkl.Dense(hidden, "silu"), tfkl.Dense(d)])
