# fails: diffusion-network-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Each number has a network of its own, which sees no other number.
# %% solution="diffusion-network"
def build_network(d, hidden):
    inputs = tfk.Input((d + 1,))
    answers = []
    for k in range(d):
        x = tfkl.Concatenate()([inputs[:, k : k + 1], inputs[:, d:]])
        answers.append(tfkl.Dense(1)(tfkl.Dense(hidden, "silu")(tfkl.Dense(hidden, "silu")(x))))
    return tfk.Model(inputs, tfkl.Concatenate()(answers) if d > 1 else answers[0])
