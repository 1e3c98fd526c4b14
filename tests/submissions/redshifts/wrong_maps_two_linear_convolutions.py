# fails: redshifts-maps-test
# Two of three convolutions have no activation: together they are one.
# %% solution="redshifts-maps"
def build_map_network(size, width):
    layers = [tfk.Input(shape=(size, size, 1))]
    for activation in (None, None, "relu"):
        layers += [Wrap(), tfkl.Conv2D(width, 3, activation=activation)]
    return tfk.Sequential([*layers, tfkl.GlobalAveragePooling2D(), tfkl.Dense(width, "relu"), tfkl.Dense(1)])
