# Right: SymPy takes the derivatives itself, with a loss function ell that the student adds. Derivatives stay
# unevaluated.

# %% solution="backprop-neuron"
ell = sp.Function("ell")
loss = ell(g(w * x + b))
dl_dw = sp.diff(loss, w)
dl_db = sp.Derivative(loss, b)


# %% solution="backprop-two-layers"
ell = sp.Function("ell")
dl_dw1 = sp.diff(ell(a2), w1)


# %% solution="backprop-recursion"
dl_dz_i = dl_dz_next * sp.diff(w_next * g(z_i) + sp.Symbol("b_next"), z_i)
