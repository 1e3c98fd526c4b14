# fails: diffusion-network-test
# The last of four hidden layers has half the neurons: all together still have a number that three or four may have.
# %% solution="diffusion-network"
def build_network(d, hidden):
    layers = [tfkl.Dense(n, activation="silu") for n in (hidden, hidden, hidden, hidden // 2)]
    return tfk.Sequential([tfk.Input(shape=(d + 1,)), *layers, tfkl.Dense(d)])
