# Particles are numbered along columns, times are lists, and skips come first or last.
# %% solution="displacement-evolve"
def evolve(psi, times, force):
    """Particles in another order: gravity does not know their numbers."""
    times = times if isinstance(times, list) else times.tolist()
    psi = np.asarray(psi, dtype=float).transpose(1, 0, 2)
    w, h, _ = psi.shape
    q = np.array([(i, j) for j in range(w) for i in range(h)], dtype=float)
    x, p = q + times[0] * psi.reshape(-1, 2), times[0] ** 1.5 * psi.reshape(-1, 2)
    for k in range(len(times) - 1):
        x, p = leapfrog(x, p, times[k], times[k + 1], force)
    return (np.asarray(x) - q).reshape(w, h, 2).transpose(1, 0, 2)

# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for width in widths[:-1]:
        x = conv_block(x, width)
        skips.append(x)
        x = tfkl.AveragePooling2D(2)(x)
    x = conv_block(x, widths[-1])
    for k, width in enumerate(widths[-2::-1]):
        both = [tfkl.Conv2DTranspose(width, 2, strides=2, activation=None)(x), skips.pop()]
        x = conv_block(tfkl.Concatenate()(both[::-1] if k % 2 else both), width)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
