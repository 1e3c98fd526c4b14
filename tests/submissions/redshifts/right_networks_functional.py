# Right: functional networks with other activations and sizes, two hidden layers, averages of several layers together.
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    inputs = tfk.Input((n_inputs,))
    x = tfkl.Dense(hidden, activation="tanh")(inputs)
    x = tfkl.Activation("gelu")(tfkl.Dense(hidden)(x))
    logits, means, widths = (tfkl.Dense(n_components)(x) for _ in range(3))
    return tfk.Model(inputs, tfkl.Concatenate()([logits, means, widths]))

# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input((size, size, 1))
    averages = []
    for _ in range(3):
        x = tfkl.LeakyReLU()(tfkl.Conv2D(width, 3, padding="valid")(Wrap()(x)))
        averages.append(tfkl.GlobalAveragePooling2D()(x))
    x = tfkl.Dense(32, "gelu")(tfkl.Concatenate()(averages))
    return tfk.Model(inputs, tfkl.Dense(1)(x))

# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        answer = model(x)
        loss = loss_function(target, answer)
    pairs = list(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    optimizer.apply_gradients(pairs)
    return loss
