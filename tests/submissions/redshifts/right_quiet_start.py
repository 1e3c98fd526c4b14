# Right: last layers that start at zero, a single list of variables, single precision where it is enough.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    model = tfk.Sequential()
    model.add(tfk.Input((n_inputs,)))
    for _ in range(3):
        model.add(tfkl.Dense(hidden, activation=tf.nn.silu))
    model.add(tfkl.Dense(3 * n_components, kernel_initializer="zeros"))
    return model

# %% solution="redshifts-maps"
def build_map_network(size, width):
    class Periodic(tfkl.Layer):
        def __init__(self, filters):
            super().__init__()
            self.convolution = tfkl.Conv2D(filters, 3, padding="valid", activation="relu")

        def call(self, x):
            around = (np.arange(size + 2) - 1) % size
            return self.convolution(tf.gather(tf.gather(x, around, axis=1), around, axis=2))

    layers = [Periodic(width), Periodic(width), Periodic(2 * width)]
    head = [tfkl.GlobalAveragePooling2D(), tfkl.Dense(64, "relu"), tfkl.Dense(1, kernel_initializer="zeros")]
    return tfk.Sequential([tfk.Input((size, size, 1)), *layers, *head])

# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    weights = model.trainable_weights
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x, training=True))
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss

# %% solution="redshifts-pit"
def pit(density, z, z_true):
    steps = np.diff(z)
    ranks = np.zeros(len(z_true))
    for number, (row, truth) in enumerate(zip(density, z_true)):
        share = np.clip((truth - z[:-1]) / steps, 0, 1)
        ranks[number] = np.sum(share * steps * (row[1:] + row[:-1]) / 2)
    return ranks.astype("float32")

# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    return tuple(
        np.mean(density[(low <= points) & (points < high)], axis=0, dtype="float32")
        if np.any((low <= points) & (points < high))
        else np.zeros(density.shape[1], "float32")
        for low, high in zip(edges, edges[1:])
    )
