# fails: diffusion-network-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3
# The last input, the noise level, is cut off.
# %% solution="diffusion-network"
def build_network(d, hidden):
    inputs = tfk.Input((d + 1,))
    x = inputs[:, :d]
    for _ in range(3):
        x = tfkl.Dense(hidden, "silu")(x)
    return tfk.Model(inputs, tfkl.Dense(d)(x))
