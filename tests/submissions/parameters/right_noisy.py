# Right, and noisy: prints, emits a DeprecationWarning, and makes NumPy warn harmlessly.
# %% solution="parameters-dense"
import sys
import warnings

def dense_parameters(n_in, n_out):
    print("counting", 1)
    warnings.warn("old habits", DeprecationWarning)
    np.log(np.zeros(2))
    print("to stderr", file=sys.stderr)
    return (n_in + 1) * n_out

print(dense_parameters(3, 4))


# %% solution="parameters-mlp"
import warnings

def mlp_parameters(sizes):
    print("counting", 1)
    warnings.warn("old habits", DeprecationWarning)
    np.log(np.zeros(2))
    per_layer = [(a + 1) * b for a, b in zip(sizes, sizes[1:])]
    print(per_layer)
    return per_layer, sum(per_layer)


# %% solution="parameters-conv"
import warnings

def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    print("counting", 1)
    warnings.warn("old habits", DeprecationWarning)
    np.log(np.zeros(2))
    return (kernel_size[0] * kernel_size[1] * channels_in + use_bias) * filters


# %% solution="parameters-design"
import warnings

def build_model(n_in, n_out, n_parameters):
    warnings.warn("old habits", DeprecationWarning)
    with np.errstate(all="warn"):
        np.float32(1e38) * np.float32(1e38)
    for h1 in range(1, 21):
        for h2 in range(1, 21):
            if (n_in + 1) * h1 + (h1 + 1) * h2 + (h2 + 1) * n_out == n_parameters:
                model = tfk.Sequential([tfk.Input((n_in,)), tfkl.Dense(h1), tfkl.Dense(h2), tfkl.Dense(n_out)])
                model.summary()
                model.predict(np.zeros((2, n_in)))
                return model
