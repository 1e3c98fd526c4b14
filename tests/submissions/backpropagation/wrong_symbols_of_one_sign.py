# fails: backprop-neuron-test, backprop-neuron-test-2, backprop-two-layers-test
# Inputs and weights are taken to be positive.

# %% solution="backprop-neuron"
dl_dw = ell_prime(y) * g_prime(z) * sp.sqrt(x**2)
dl_db = ell_prime(y) * g_prime(sp.Abs(w) * x + b)


# %% solution="backprop-two-layers"
dl_dw1 = ell_prime(a2) * g_prime(z2) * w2 * g_prime(z1) * sp.sqrt(x**2)
