# Right: other algebraic forms, own symbols of the same name, derivatives of g substituted later.

# %% solution="backprop-neuron"
u = sp.Symbol("u")
slope = sp.diff(g(u), u).subs(u, x * w + b)
dl_db = slope * ell_prime(g(b + w * x))
dl_dw = sp.Symbol("x", real=True) * dl_db


# %% solution="backprop-two-layers"
outer = sp.Symbol("outer")
dl_dw1 = sp.expand((outer * (1 + x) - outer).subs(outer, w2 * g_prime(z1) * g_prime(w2 * g(z1) + b2))) * ell_prime(a2)


# %% solution="backprop-recursion"
dl_dz_i = 2 * g_prime(z_i) / (2 / (w_next * dl_dz_next))
