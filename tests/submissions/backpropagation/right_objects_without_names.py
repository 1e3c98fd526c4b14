# Right: partial applications and objects that can be called, which have no name, and an expression left unevaluated.

# %% solution="backprop-activations"
from functools import partial


class Sigmoid:
    def __call__(self, z):
        return 0.5 + 0.5 * np.tanh(z / 2)


sigmoid = Sigmoid()
relu = partial(np.maximum, 0)
softplus = partial(np.logaddexp, 0)

# %% solution="backprop-neuron"
dl_dz = sp.UnevaluatedExpr(ell_prime(y) * g_prime(z))
dl_dw = dl_dz * x
dl_db = dl_dz

# %% solution="backprop-forward"
class Forward:
    def __call__(self, x, weights, biases):
        zs, a = [], x
        for w, b in zip(weights, biases):
            zs.append(a @ w + b)
            a = np.tanh(zs[-1])
        return zs


forward = Forward()
