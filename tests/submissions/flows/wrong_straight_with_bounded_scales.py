# fails: flows-realnvp-test, flows-maf-test
# No activation but the one that bounds the log-scale: the shift is a straight line.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    bijectors, variables = [], []
    for _ in range(n_layers):
        layers = [tfkl.Dense(hidden), tfkl.Dense(hidden), tfkl.Dense(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *layers])

        def shift_and_log_scale(first, units, network=network, **kwargs):
            shift, raw = tf.split(network(first), 2, axis=-1)
            return shift, 2 * tf.tanh(raw / 2)

        layer = tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale)
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += network.trainable_variables
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables


# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    nets = [tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], event_shape=2) for _ in range(n_layers)]
    bijectors = []
    for net in nets:

        def shift_and_log_scale(x, net=net):
            shift, raw = tf.unstack(net(x), axis=-1)
            return shift, 3 * tf.tanh(raw / 3)

        bijectors += [tfb.MaskedAutoregressiveFlow(shift_and_log_scale), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [v for net in nets for v in net.trainable_variables]
