# fails: diffusion-network-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Hidden layers without an activation: one linear map.
# %% solution="diffusion-network"
def build_network(d, hidden):
    return tfk.Sequential([tfk.Input((d + 1,)), *[tfkl.Dense(hidden) for _ in range(3)], tfkl.Dense(d)])
