# Right: designs by the functional API, a bottleneck of one neuron followed by bias-free layers of one parameter
# each. Nothing like the reference, and as good.
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    inputs = tfk.Input((n_in,), name="features")
    x = tfkl.Dense(1, use_bias=False)(inputs)
    for _ in range(n_parameters - n_in - 2 * n_out):
        x = tfkl.Dense(1, use_bias=False)(x)
    outputs = tfkl.Dense(n_out)(x)
    return tfk.Model(inputs=[inputs], outputs=[outputs])
