# fails: inference-networks-test
# fails when trained: inference-loss-test-2, inference-loss-test-3
# The second call gives the networks of the first: with the score and without it, the same ones are trained.
# %% solution="inference-networks"
import functools

@functools.cache
def build_networks(n_layers, hidden, n_data):
    def network():
        hidden_layers = [tfkl.Dense(hidden, "silu") for _ in range(2)]
        return tfk.Sequential([tfk.Input((1 + n_data,)), *hidden_layers, tfkl.Dense(2)])

    return [network() for _ in range(n_layers)]

# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        values = log_q(theta, x)
    off = tape.gradient(values, theta) - (score - theta)
    return -tf.reduce_mean(values) + weight * tf.reduce_mean(tf.reduce_sum(off**2, axis=1))
