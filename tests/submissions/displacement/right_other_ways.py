# Right: phases by a Hilbert transform along each line, complex displacements, a step by hand.
# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    z = np.roll(fields[..., 0] + 1j * fields[..., 1], tuple(shift), (1, 2))
    if flip[0]:
        z = -np.conj(z[:, ::-1])
    if flip[1]:
        z = np.conj(z[:, :, ::-1])
    if swap:
        z = 1j * np.conj(np.transpose(z, (0, 2, 1)))
    return np.stack([z.real, z.imag], axis=-1)

# %% solution="displacement-phases"
def same_power(field):
    waves = np.fft.fftn(field)
    turned = np.zeros_like(waves)
    for place in np.ndindex(*field.shape):
        other = tuple(-i % n for i, n in zip(place, field.shape))
        if place != other:
            turned[place] = waves[place] * (1j if place < other else -1j)
    return np.real(np.fft.ifftn(turned))

# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        off = first + network(first, training=True) - truth
        loss = tf.reduce_sum(off * off) / tf.cast(tf.size(off), off.dtype)
    gradients = tape.gradient(loss, network.trainable_weights)
    optimizer.apply_gradients(list(zip(gradients, network.trainable_weights)))
    return loss

# %% solution="displacement-evolve"
def evolve(psi, times, force):
    def run(x, p, times):
        if len(times) == 1:
            return x
        return run(*leapfrog(x, p, times[0], times[1], force), times[1:])

    q = np.array(list(np.ndindex(psi.shape[:2])), dtype=float)
    start = np.array([[psi[int(i), int(j)][0], psi[int(i), int(j)][1]] for i, j in q])
    return (run(q + times[0] * start, times[0] ** 1.5 * start, times) - q).reshape(psi.shape)
