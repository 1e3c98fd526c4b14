# fails: training-transfer-test
# The new layer sits on the old last layer, not on the features.
# %% solution="training-transfer"
def build_transfer(network, outputs):
    network.trainable = False
    inputs = tfk.Input(shape=network.input_shape[1:])
    return tfk.Model(inputs, tfkl.Dense(outputs)(network(inputs, training=False)))
