# fails: diffusion-network-test
# Answers have bounds, far out.
# %% solution="diffusion-network"
def build_network(d, hidden):
    bounds = tfkl.Lambda(lambda f: tf.clip_by_value(f, -100.0, 100.0))
    layers = [tfkl.Dense(hidden, activation="silu") for _ in range(3)]
    return tfk.Sequential(
        [tfk.Input(shape=(d + 1,)), *layers, tfkl.Dense(d), bounds]
    )
