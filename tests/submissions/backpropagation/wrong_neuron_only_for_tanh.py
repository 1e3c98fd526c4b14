# fails: backprop-neuron-test, backprop-neuron-test-2
# Believed: the activation is tanh, because the visible test takes it. Passes that test, loses both of neuron (1
# + 1).

# %% solution="backprop-neuron"
dl_dw = ell_prime(y) * (1 - y**2) * x
dl_db = ell_prime(y) * (1 - y**2)
