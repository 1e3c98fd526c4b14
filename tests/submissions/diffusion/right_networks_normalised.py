# Right: hidden layers without biases, each normalised before its activation; the last one bends by its own slopes.
# %% solution="diffusion-network"
def build_network(d, hidden):
    inputs = x = tfk.Input((d + 1,))
    for layer in (tfkl.Activation("tanh"), tfkl.Activation("gelu"), tfkl.PReLU()):
        x = layer(tfkl.LayerNormalization()(tfkl.Dense(hidden, use_bias=False)(x)))
    return tfk.Model(inputs, tfkl.Dense(d)(x))
