# fails: training-transfer-test
# Nothing is frozen: all weights learn.
# %% solution="training-transfer"
def build_transfer(network, outputs):
    return tfk.Model(network.inputs, tfkl.Dense(outputs)(network.layers[-2].output))
