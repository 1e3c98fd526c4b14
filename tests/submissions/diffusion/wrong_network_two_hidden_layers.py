# fails: diffusion-network-test
# fails when trained: diffusion-network-test-2
# Two hidden layers for few dimensions, where three or four are asked for.
# %% solution="diffusion-network"
def build_network(d, hidden):
    inner = [tfkl.Dense(hidden, "silu") for _ in range(2 if d < 10 else 3)]
    return tfk.Sequential([tfk.Input((d + 1,)), *inner, tfkl.Dense(d)])
