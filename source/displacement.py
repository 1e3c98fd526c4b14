# Structure formation as a displacement of particles. Built by `course build`; headers: CONTRIBUTING.md.
# %% [markdown]
# # Displacement
#
# Matter was spread almost evenly, and gravity gathered it. If you follow matter, each piece is only displaced: from
# where it started, $q$, to $x = q + \psi(q)$. To first order $\psi$ has a closed form, due to Zel'dovich. A simulation
# finds the rest in many steps. He et al. (2019, PNAS 116, 13825, arXiv:1811.06533) let a U-Net learn it in one: from
# the displacement by Zel'dovich to that of a simulation. In this notebook you write first and second order in closed
# form and a simulation, and train such a network. Wherever there is an exact answer, you compare with it.
#
# **What you will learn**
#
# - what a displacement is, and its first and second order in closed form;
# - how a particle mesh moves matter: from particles to cells, forces, and back; steps that can be undone;
# - to compare fields wave by wave, by power and by phase, and why one of the two is not enough;
# - periodic convolutions, and what a network on a periodic box must not know;
# - to augment data by the symmetries of gravity, where components change, too;
# - to train a network for what a formula misses, and to find where it fails.
#
# **Time**: about 220 minutes. There are 14 tasks, worth 49 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
from displacement_data import ask, load_boxes, rms, show_by_wave, show_losses, show_particles, trained

# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before
# you start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
STEPS, RUNS = {"proof": (2, 2), "laptop": (400, 8), "gpu": (6000, 40)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 From a density to a displacement
#
# ### 1.1 The boxes
#
# ![The flow of data. From a linear density, the closed form of Zel'dovich makes a first displacement. From it two
# arrows lead to a final displacement: above, a particle mesh in many steps, below, a network in one step, whose answer
# is added to the first displacement.](attachment:displacement.png)
#
# A box is a square of cells whose opposite edges are the same place: it is *periodic*. There are as many particles as
# cells. All lengths are in cells. The particle $(i, j)$ starts at the position $(i, j)$, a corner of cells. The first
# number is along the rows' index, the second along the columns'. There is a third dimension, along which nothing
# changes: what you see is a slice.
#
# The universe has matter alone and is flat: *Einstein-de Sitter*. Small contrasts then grow as the scale factor $a$,
# which is 1 today. The linear contrast $\delta$ is what the contrast would be today, had it stayed small; `delta[i, j]`
# is that at the start of the particle $(i, j)$. The true displacements were simulated with 16 times as many particles.
# The file `displacement_data.py` beside this notebook reads them. The rms of displacements and of their errors is that
# of one component.
#
# %%
boxes = load_boxes()
for part, some in boxes.items():
    print(
        f"{part:6} {len(some.delta):3} boxes of {some.delta.shape[1]} × {some.delta.shape[2]} cells: rms of δ "
        f"{rms(some.delta):.2f}, displacements {rms(some.psi):.2f} cells, Zel'dovich is off by "
        f"{rms(some.psi - some.first):.2f} cells"
    )


# %% [markdown]
# ### 1.2 Task 1: `zeldovich` (4 points)
#
# Start with one dimension. Particles between $q$ and $q + dq$ fill $dx = (1 + \psi'(q)) \, dq$, so for small
# displacements the density contrast is $\delta = -\psi'$. Matter gathers where neighbours move towards each other. Take
# a wave, $\delta = A \cos kq$. Then $\psi = -(A/k) \sin kq$: particles move towards the crest from both sides.
#
# By hand, with four cells and $k = \pi/2$: $\delta = (1, 0, -1, 0)$ has $\psi = (0, -2/\pi, 0, 2/\pi)$. The particle 1
# moves back, towards the crest at 0. The particle 3 moves forwards, towards the same crest at 4.
#
# In more dimensions $\delta = -\nabla \cdot \psi$. That does not say all, so take a displacement without rotation,
# $\psi = -\nabla \varphi$ with $\nabla^2 \varphi = \delta$ (Zel'dovich 1970, A&A 5, 84). For each wave
# $e^{i k \cdot q}$ of $\delta$ you multiply by one number for each axis: work out which.
#
# - `delta`: array of shape `(h, w)`, not always square, each side at least 1; it may hold whole numbers, or be
#   constant
# - returns an array of shape `(h, w, 2)`: the displacement along the rows' index and along the columns' index
#
# Two waves need care. The mean of $\delta$, the wave $k = 0$, moves nothing. And a wave with a period of two cells
# along an axis has no displacement along this axis: each particle is on a crest or in a trough, where the sine is 0.
# Its displacement along the other axis stays, and $k^2$ keeps both parts.
#
# <details><summary>Hint 1</summary>
#
# `np.fft.fft2` takes waves apart, and `2 * np.pi * np.fft.fftfreq(h)` has their wave numbers along the first axis. A
# derivative along an axis multiplies a wave by $i k$ of this axis.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# From $-k^2 \varphi_k = \delta_k$ and $\psi_k = -i k \varphi_k$ follows $\psi_k = i k \, \delta_k / k^2$, where $k^2$
# is the sum over both axes. For the wave $k = 0$ divide by 1 instead.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# With `fft2` and `ifft2`, the real part of the result leaves out what has no place in a real field: also the component
# of a two-cell wave along its own axis. `irfft2` does not always leave it out.
#
# </details>
#
# %% solution="displacement-zeldovich"
def zeldovich(delta):
    """Displacement (h, w, 2), in cells, without rotation, whose divergence is minus a density contrast (h, w)."""
    ### BEGIN SOLUTION: Return both components of the displacement, as fields.
    rows, columns = (2 * np.pi * np.fft.fftfreq(side) for side in delta.shape)
    k = np.stack(np.meshgrid(rows, columns, indexing="ij"))
    k_squared = np.sum(k**2, axis=0)
    k_squared[0, 0] = 1.0
    waves = 1j * k * np.fft.fft2(delta) / k_squared
    return np.moveaxis(np.fft.ifft2(waves).real, 0, -1)
    ### END SOLUTION


# %% test="displacement-zeldovich" points=4
wave = np.array([1.0, 0.0, -1.0, 0.0])
along, across = np.array([0.0, -2 / np.pi, 0.0, 2 / np.pi]), np.zeros(4)
row, column = np.stack([across, along], axis=-1)[None], np.stack([along, across], axis=-1)[:, None]
for level in (0.0, 2.0):
    got = zeldovich(wave[None] + level)
    expect(got, row, f"zeldovich of a row with the mean {level:g}", "along the row, towards the crest at 0")
    got = zeldovich(wave[:, None] + level)
    expect(got, column, f"zeldovich of a column with the mean {level:g}", "along the column, towards the crest at 0")
got = np.asarray(zeldovich(3 * wave[:, None] + wave))
name = "the displacement [1, 3] of a wave along the columns' index and three times that along the rows'"
expect(got[1, 3], [-6 / np.pi, 2 / np.pi], name)
got = np.asarray(zeldovich(np.outer([1, -1], np.cos(np.pi / 4 * np.arange(8)))))
name = "the displacement [0, 2] of a wave with two cells along the rows' index and eight along the columns'"
expect(got[0, 2], [0.0, -4 / (17 * np.pi)], name, "along the rows' index it has none")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_zeldovich(zeldovich)
### END HIDDEN TESTS

# %% [markdown]
# Your displacement of a test box, and the one in the file, which is rounded: 0.003 cells of difference are fine. Then
# its particles by Zel'dovich at two times, and in the simulation; row 0 is at the bottom. To first order the
# displacement grows as $a$, like the contrast: $x = q + a \, \psi(q)$.
#
# %%
delta, truth = boxes["test"].delta[0], boxes["test"].psi[0]
first = np.asarray(zeldovich(delta))
print(f"largest difference to the file: {np.abs(first - boxes['test'].first[0]).max():.4f} cells")
show_particles({"Zel'dovich, a = 0.3": 0.3 * first, "Zel'dovich, a = 1": first, "simulation, a = 1": truth})
show_figure(
    "A periodic box of 32 by 32 cells with 1024 particles, three times. By Zel'dovich at a = 0.3, a lattice that "
    "begins to bend; by Zel'dovich at a = 1, filaments around voids; in the simulation at a = 1, the same filaments, "
    "thinner."
)


# %% [markdown]
# ### 1.3 Task 2: `tides` (3 points)
#
# Why are the filaments of Zel'dovich thicker? His particles fly on, through each other. In one dimension, neighbours
# meet when $1 + a \, \psi' = 1 - a \, \delta = 0$: at a crest of height $A$ when $a = 1/A$. In two dimensions, a small
# square becomes a parallelogram, and collapses along the direction in which the potential is curved most. So all second
# derivatives $\varphi_{ij} = \partial_i \partial_j \varphi$ are needed, the *tides*: a symmetric matrix for each
# particle, where $i$ and $j$ are axes.
#
# By hand, with $q = (q_0, q_1)$: for the wave $\delta = \cos(k q_0)$, $\varphi_{00} = \delta$, and the others are 0.
# For the wave along the diagonal, $\delta = \cos(k q_0 + k q_1)$, both axes are alike, and all four are $\delta / 2$.
# The trace is $\delta$ in both cases.
#
# - `delta`: array of shape `(h, w)`, each side at least 1, without waves that have a period of two cells along an axis
# - returns an array of shape `(h, w, 2, 2)`: $\varphi_{ij}$ with $\nabla^2 \varphi = \delta$. The mean of `delta` is
#   ignored
#
# <details><summary>Hint 1</summary>
#
# Two derivatives multiply a wave by minus the product of its wave numbers along both axes, and
# $\varphi_k = -\delta_k / k^2$ for the wave $k$, as in task 1.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Fill a result of `np.zeros((*delta.shape, 2, 2))` in two loops, over `i` and `j`.
#
# </details>
#
# %% solution="displacement-tides"
def tides(delta):
    """Second derivatives (h, w, 2, 2) of the potential whose Laplacian is a density contrast (h, w)."""
    ### BEGIN SOLUTION: Return the four second derivatives, as fields.
    k = np.meshgrid(*map(np.fft.fftfreq, delta.shape), indexing="ij")  # in any unit, as it cancels
    k_squared = k[0] ** 2 + k[1] ** 2
    k_squared[0, 0] = 1.0
    waves = np.fft.fft2(delta) / k_squared
    fields = [[np.fft.ifft2(one * other * waves).real for other in k] for one in k]
    return np.moveaxis(fields, (0, 1), (2, 3))
    ### END SOLUTION


# %% test="displacement-tides" points=3
place = np.arange(4)
for name, delta, expected in (
    ("the wave along the rows' index", np.cos(np.pi / 2 * place)[:, None] + np.zeros(4), [[1.0, 0.0], [0.0, 0.0]]),
    ("the wave along the diagonal", np.cos(np.pi / 2 * (place[:, None] + place)), [[0.5, 0.5], [0.5, 0.5]]),
    ("the wave of the other diagonal", np.cos(np.pi / 2 * (place[:, None] - place)), [[0.5, -0.5], [-0.5, 0.5]]),
    ("a wave in 4 x 8 cells", np.cos(np.pi / 2 * place[:, None] + np.pi / 4 * np.arange(8)), [[0.8, 0.4], [0.4, 0.2]]),
):
    got = np.asarray(tides(delta))
    expect(got.shape, [*delta.shape, 2, 2], f"the shape of tides of {name}")
    expect(got[0, 0], expected, f"the tide at (0, 0), a crest, of {name}")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_tides(tides)
### END HIDDEN TESTS

# %% [markdown]
# A particle has collapsed to first order if $a \lambda > 1$ with the larger eigenvalue $\lambda$ of its matrix. There,
# matter streams in several directions at once, which no function of the place alone describes. The particles that have
# collapsed at $a = 1$ are orange.
#
# %%
collapse = np.linalg.eigvalsh(np.asarray(tides(boxes["test"].delta[0])))[..., 1]
for a in (0.3, 0.6, 1.0):
    print(f"a = {a}: {100 * np.mean(a * collapse > 1):4.1f}% of the particles have collapsed to first order")
QUARTER = ((0, 16), (16, 32))  # rows and columns
show_particles({"start": 0 * first, "Zel'dovich": first, "simulation": truth}, collapse > 1, part=QUARTER)
show_figure(
    "A quarter of the box three times, with particles that have collapsed at a = 1 in orange: at the start, in "
    "patches; by Zel'dovich, in bands along the filaments, mixed with others; in the simulation, in thinner "
    "ones."
)


# %% [markdown]
# ## 2 Second order
#
# ### 2.1 Task 3: `second_order` (3 points)
#
# While particles move, the forces on them change. To second order in $a$ (Bouchet et al. 1995, A&A 296, 575),
#
# $$ x = q - a \nabla \varphi - \tfrac37 \, a^2 \, \nabla \varphi^{(2)}, \qquad
# \nabla^2 \varphi^{(2)} = S, \qquad S = \varphi_{00} \varphi_{11} - \varphi_{01}^2. $$
#
# By hand: two crossed waves, $\delta = A \cos k q_0 + B \cos k q_1$, have $\varphi_{00} = A \cos k q_0$,
# $\varphi_{11} = B \cos k q_1$ and $\varphi_{01} = 0$, so $S = AB \cos k q_0 \cos k q_1$. Where two crests cross,
# matter comes in faster than Zel'dovich says. One wave alone has $S = 0$: in one dimension, Zel'dovich is exact until
# particles cross. If the amplitude doubles, second order is four times as large.
#
# You have a function that gives minus the gradient of a field whose Laplacian is given.
#
# - `delta`: array of shape `(h, w)`, each side at least 1, without waves that have a period of four cells or less along
#   an axis: a product of two of them may be too short for the cells. The boxes hold little of them. Its mean is ignored
# - returns an array of shape `(h, w, 2)`: what second order *adds* to the displacement at $a = 1$
#
# <details><summary>Hint 1</summary>
#
# $S$ is the determinant of the matrix that `tides` gives. `np.linalg.det` takes many matrices at once.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $-\nabla \varphi^{(2)}$ is to $S$ what $-\nabla \varphi$ is to $\delta$.
#
# </details>
#
# %% solution="displacement-second"
def second_order(delta):
    """What second order adds to the displacement (h, w, 2) of a density contrast (h, w) at a = 1."""
    ### BEGIN SOLUTION: Return what second order adds.
    return 3 / 7 * np.asarray(zeldovich(np.linalg.det(tides(delta))))
    ### END SOLUTION


# %% test="displacement-second" points=3
place = 2 * np.pi / 8 * np.arange(8)
for a, b in ((1.0, 1.0), (2.0, 3.0), (1.0, 0.0)):
    got = np.asarray(second_order(a * np.cos(place)[:, None] + b * np.cos(place)))
    expect(got.shape, [8, 8, 2], "the shape of second_order of 8 x 8 cells")
    name = f"second_order at (2, 0), of crossed waves with A = {a:g} and B = {b:g},"
    expect(got[2, 0], [-3 / 7 * a * b / (2 * np.pi / 4), 0.0], name, "A times B, towards the crossing of crests")
got = second_order(np.cos(place[:, None] + place))
expect(got, np.zeros((8, 8, 2)), "second_order of one wave along the diagonal", "one wave has none")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_second(second_order)
### END HIDDEN TESTS

# %% [markdown]
# Does it help? It does in the test boxes. The `strong` boxes have 1.5 times the amplitude. There second order makes
# things worse: a series is of use while its terms become smaller, and of little use after particles have crossed.
#
# %%
second = {part: np.array([second_order(field) for field in boxes[part].delta]) for part in ("test", "strong")}
for part, added in second.items():
    missed = boxes[part].psi - boxes[part].first
    print(f"{part:6} rms error: Zel'dovich {rms(missed):.3f}, second order {rms(missed - added):.3f} cells")


# %% [markdown]
# ## 3 A particle mesh
#
# ### 3.1 Task 4: `cloud_in_cell` (3 points)
#
# A simulation computes forces from where particles are. A *particle mesh* puts their mass on cells, finds the force
# there by Fourier transforms, and brings it back to the particles (Hockney & Eastwood 1988, *Computer Simulation Using
# Particles*). How do you put a point into cells? Its mass is shared: it is a cloud as large as a cell, and each cell
# gets the part of the cloud that lies in it.
#
# The cell $(i, j)$ covers positions from $i$ to $i + 1$ and from $j$ to $j + 1$. So its centre is at
# $(i + \frac12, j + \frac12)$, half a cell from where the particle $(i, j)$ starts. In one dimension, a cell gets the
# share $1 - d$ of a particle at the distance $d$ from its centre, and nothing beyond $d = 1$. In two dimensions, shares
# of both axes multiply.
#
# By hand, in one dimension with four cells, whose centres are at 0.5, 1.5, 2.5, 3.5: a particle at 1.25 gives 0.25 to
# the cell 0 and 0.75 to the cell 1. A particle at 3.75 gives 0.75 to the cell 3 and 0.25 to the cell 0, whose centre is
# also at 4.5. Together the cells have $(0.5, 0.75, 0, 0.75)$. Mass is kept, and so is its centre.
#
# - `x`: array of shape `(n, 2)`: positions in cells, floats or whole numbers, up to some thousands on both sides of 0,
#   since the box is periodic; n is at least 1
# - `shape`: the shape `(h, w)` of the mesh, each side at least 1. Along a side of one cell, this cell gets all
# - returns an array of shape `(h, w)`: the number of particles in each cell, in shares
#
# <details><summary>Hint 1</summary>
#
# `np.floor(x - 0.5)` is the cell below, and `x - 0.5` minus that is the share of the cell above, for both axes. Only
# whole numbers can be indices: `.astype(int)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Loop over the four pairs of below and above. Where a cell comes several times in `i` and `j`, `mesh[i, j] += share`
# adds only one of its shares; `np.add.at(mesh, (i, j), share)` adds all. `%` wraps.
#
# </details>
#
# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    """Number of particles in each cell (h, w) of a periodic mesh, as clouds of a cell's size at x (n, 2)."""
    ### BEGIN SOLUTION: Add the four shares of each particle to its cells.
    mesh = np.zeros(shape)
    below = np.floor(x - 0.5).astype(int)
    part = x - 0.5 - below
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = np.prod(np.where([i, j], part, 1 - part), axis=1)
        np.add.at(mesh, ((below[:, 0] + i) % shape[0], (below[:, 1] + j) % shape[1]), share)
    return mesh
    ### END SOLUTION


# %% test="displacement-cloud" points=3
got = cloud_in_cell(np.array([[0.5, 1.25], [0.5, 3.75]]), (1, 4))
expect(got, [[0.5, 0.75, 0.0, 0.75]], "cloud_in_cell of the example")
got = cloud_in_cell(np.full((5, 2), 2.0), (3, 3))
why = "a quarter of five for each of four cells"
expected = [[0.0, 0.0, 0.0], [0.0, 1.25, 1.25], [0.0, 1.25, 1.25]]
expect(got, expected, "cloud_in_cell of five particles at (2, 2)", why)
got = cloud_in_cell(np.array([[1.75, 0.25]]), (2, 3))
why = "3/4 and 1/4 along both axes, across the edges"
expect(got, [[0.1875, 0.0, 0.0625], [0.5625, 0.0, 0.1875]], "cloud_in_cell of a particle at (1.75, 0.25)", why)
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_cloud(cloud_in_cell)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.2 Task 5: `at_particles` (2 points)
#
# The way back: a field is known in the centres of cells, and asked for where the particles are. Use the same shares.
# Then a particle feels what it has put down in the same way in which it put it down. By hand, with the field
# $(10, 20, 0, 0)$: at 1.25 it is $0.25 \cdot 10 + 0.75 \cdot 20 = 17.5$, and at 3.75 it is 2.5.
#
# This is the *adjoint* of `cloud_in_cell`: the sum over cells of the field times the mass is the sum over particles of
# the field there.
#
# - `field`: array of shape `(h, w, c)`: c values in each cell, each of h, w and c at least 1; they may be whole numbers
# - `x`: array of shape `(n, 2)`, as above
# - returns an array of shape `(n, c)`
#
# <details><summary>Hint 1</summary>
#
# The same loop. Now each of the four cells is read instead of written.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `field[i, j]` has the shape `(n, c)` if `i` and `j` have the shape `(n,)`.
#
# </details>
#
# %% solution="displacement-gather"
def at_particles(field, x):
    """Values (n, c) of a field (h, w, c) at positions x (n, 2), with the shares of cloud_in_cell."""
    ### BEGIN SOLUTION: Add up the shares of the four cells around each particle.
    h, w, _ = field.shape
    below = np.floor(x - 0.5).astype(int)
    part = x - 0.5 - below
    values = 0.0
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = np.prod(np.where([i, j], part, 1 - part), axis=1)
        values = values + share[:, None] * field[(below[:, 0] + i) % h, (below[:, 1] + j) % w]
    return values
    ### END SOLUTION


# %% test="displacement-gather" points=2
row = np.array([10.0, 20.0, 0.0, 0.0]).reshape(1, 4, 1)
got = at_particles(row, np.array([[0.5, 1.25], [0.5, 3.75]]))
expect(got, [[17.5], [2.5]], "at_particles of the example")
two = np.stack([row.reshape(4, 1), -2 * row.reshape(4, 1)], axis=-1)
got = at_particles(two, np.array([[1.25, 0.5]]))
expect(got, [[17.5, -35.0]], "at_particles of two values along a column", "each by the same shares")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_gather(at_particles)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.3 Task 6: `forces` (3 points)
#
# In this universe, with time in units of $1/H_0$ (the Hubble constant), the force is $f = -\nabla \hat\varphi$ with
# $\nabla^2 \hat\varphi = \frac32 \hat\delta$, where $\hat\delta$ is the contrast *now*: the mass in a cell, divided by
# the mean of all cells, minus 1.
#
# By hand, with four cells in a row: particles at 0.5, 0.5, 1.5 and 3.5 sit in the centres of cells, so the contrast is
# $(1, 0, -1, 0)$. That is the wave of task 1, with centres in place of corners, and the force in the cells is $\frac32
# (0, -2/\pi, 0, 2/\pi)$. Nothing pulls the two particles in the crest. The others are pulled by $-0.9549$ and $0.9549$.
#
# The sum of all forces is 0, and a particle alone does not pull itself: both need the same shares on both ways.
#
# - `x`: array of shape `(n, 2)`, with n at least 1: there may be fewer or more particles than cells
# - `shape`: the shape `(h, w)` of the mesh
# - returns an array of shape `(n, 2)`
#
# <details><summary>Hint 1</summary>
#
# From particles to cells, from a contrast to minus the gradient of its potential, from cells to particles: you have a
# function for each.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `mesh / mesh.mean() - 1` is the contrast, for any number of particles.
#
# </details>
#
# %% solution="displacement-forces"
def forces(x, shape):
    """Force (n, 2) of all particles at x (n, 2) on each of them, by a periodic mesh (h, w)."""
    ### BEGIN SOLUTION: Return the force on each particle.
    mesh = np.asarray(cloud_in_cell(x, shape))
    field = 1.5 * np.asarray(zeldovich(mesh / mesh.mean()))  # a mean moves nothing
    return at_particles(field, x)
    ### END SOLUTION


# %% test="displacement-forces" points=3
row = np.array([[0.5, 0.5], [0.5, 0.5], [0.5, 1.5], [0.5, 3.5]])
got = forces(row, (1, 4))
expected = [[0.0, 0.0], [0.0, 0.0], [0.0, -3 / np.pi], [0.0, 3 / np.pi]]
expect(got, expected, "forces of the example", "the lone ones are pulled to the pair")
got = forces(np.array([[1.2, 2.9]]), (6, 5))
expect(got, [[0.0, 0.0]], "forces of one particle", "it does not pull itself", atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_forces(forces)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.4 Task 7: `leapfrog` (4 points)
#
# With the momentum $p = a^{3/2} \, dx/da$, the equations of motion are (as in Quinn et al. 1997,
# arXiv:astro-ph/9710043)
#
# $$ \frac{dx}{da} = a^{-3/2} \, p, \qquad \frac{dp}{da} = a^{-1/2} f(x). $$
#
# To *drift* from $a$ to $b$ is to move with the momentum kept: integrate the first equation. To *kick* is to change the
# momentum with the positions kept: integrate the second. A step of the leapfrog is half a kick, a whole drift, and half
# a kick, with the force at the new positions. Half a kick is half of what the whole kick from $a$ to $b$ would do.
#
# By hand, from $a = \frac14$ to $b = 1$: a drift moves by $\int_a^b a'^{-3/2} da' = 2$ times $p$, and half a kick
# changes $p$ by $\frac12 \int_a^b a'^{-1/2} da' = \frac12$ times $f$. Take the force $f(x) = -x$ and start with $x = 0$
# and $p = 1$. The first half kick does nothing, the drift gives $x = 2$, and the second half kick $p = 0$. Then go
# back, from 1 to $\frac14$: $p = 1$, $x = 0$, $p = 1$. The step can be undone.
#
# - `x`, `p`: arrays of floats of shape `(n, 2)`: positions and momenta at the scale factor `a`; n is at least 1
# - `a`, `b`: positive numbers; `b` may be smaller than `a`, or equal
# - `force`: a function; `force(x)` gives the force of all particles on each, an array of the shape of `x`
# - returns two arrays of shape `(n, 2)`: positions and momenta at `b`
#
# <details><summary>Hint 1</summary>
#
# The integrals are $2 (a^{-1/2} - b^{-1/2})$ for the drift, and $2 (b^{1/2} - a^{1/2})$ for the whole kick.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Call `force` twice: before the drift and after it.
#
# </details>
#
# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    """Positions and momenta (n, 2) at the scale factor b, from those at a, by one step: kick, drift, kick."""
    ### BEGIN SOLUTION: Return x and p after half a kick, a drift, and half a kick.
    half_kick, drift = np.sqrt(b) - np.sqrt(a), 2 * (1 / np.sqrt(a) - 1 / np.sqrt(b))
    p = p + half_kick * force(x)
    x = x + drift * p
    return x, p + half_kick * force(x)
    ### END SOLUTION


# %%
def spring(x):
    """A force that pulls everything to 0."""
    return -1.0 * np.asarray(x)


def nothing(x):
    """No force."""
    return 0.0 * np.asarray(x)


# %% test="displacement-leapfrog" points=4
parts = ("the position", "the momentum")
for x, p, a, b, *end in (
    ([[0.0, 0.0]], [[1.0, -2.0]], 0.25, 1.0, [[2.0, -4.0]], [[0.0, 0.0]]),
    ([[2.0, 1.0]], [[0.0, 0.0]], 1.0, 0.25, [[0.0, 0.0]], [[1.0, 0.5]]),
):
    given = np.array(x), np.array(p)
    got, name = leapfrog(*given, a, b, spring), f"leapfrog({x}, {p}, {a:g}, {b:g}, spring)"
    expect(got, dict(zip(parts, end, strict=True)), name, "half a kick, a whole drift, half a kick")
    expect(given, dict(zip(parts, (x, p), strict=True)), f"what {name} was given, afterwards,", "make new arrays")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_leapfrog(leapfrog)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.5 Task 8: `evolve` (3 points)
#
# Now a whole run. At the first scale factor $a$, Zel'dovich is good: particles start at $x = q + a \psi$, where the
# particle $(i, j)$ has $q = (i, j)$. Their momentum is $a^{3/2} \, dx/da = a^{3/2} \psi$. From there, one step of the
# leapfrog leads from each scale factor to the next.
#
# By hand, without any force: from $a = \frac14$ to 1, a particle with $\psi = 1$ starts with the displacement
# $\frac14$ and the momentum $\frac18$. It drifts by $2 \cdot \frac18$, to $\frac12$. With gravity it would come near 1.
#
# - `psi`: array of floats of shape `(h, w, 2)`: the displacement by Zel'dovich at $a = 1$
# - `times`: list or array of positive scale factors that increase, at least one
# - `force`: a function of the positions of all particles, of shape `(n, 2)`, as above. Give it positions as they are,
#   also beyond the edges
# - returns an array of shape `(h, w, 2)`: the displacement $x - q$ at the last of the times. A particle that leaves the
#   box keeps counting: a particle at 31 with the displacement 2 is at 33
#
# <details><summary>Hint 1</summary>
#
# `np.stack(np.meshgrid(np.arange(h), np.arange(w), indexing="ij"), axis=-1).reshape(-1, 2)` are the places where
# particles start, in the order of `psi.reshape(-1, 2)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A loop over `range(1, len(times))` has the pairs `times[k - 1]` and `times[k]`.
#
# </details>
#
# %% solution="displacement-evolve"
def evolve(psi, times, force):
    """Displacement (h, w, 2) at the last of some scale factors, from Zel'dovich's at the first of them."""
    ### BEGIN SOLUTION: Start by Zel'dovich, take all the steps, and return how far particles came.
    h, w, _ = psi.shape
    q = np.stack(np.meshgrid(np.arange(h), np.arange(w), indexing="ij"), axis=-1).reshape(-1, 2)
    x = q + times[0] * psi.reshape(-1, 2)
    p = times[0] ** 1.5 * psi.reshape(-1, 2)
    for k in range(1, len(times)):
        x, p = map(np.asarray, leapfrog(x, p, times[k - 1], times[k], force))
    return (x - q).reshape(psi.shape)
    ### END SOLUTION


# %% test="displacement-evolve" points=3
psi = np.zeros((2, 3, 2))
psi[1, 2] = [1.0, -8.0]
expect(evolve(psi, [0.25], nothing), 0.25 * psi, "evolve of the example at the time 0.25")
expect(evolve(psi, [0.25, 1.0], nothing), 0.5 * psi, "evolve of the example at the times 0.25 and 1")
expect(psi[1, 2], [1.0, -8.0], "the given displacement of (1, 2), afterwards,", "make a new array")
got = np.asarray(evolve(np.zeros((2, 3, 2)), [1 / 16, 0.25, 1.0], spring))
expect(got.shape, [2, 3, 2], "the shape of evolve of particles at rest")
expect(got[1, 2], [-1.5, -3.0], "what two steps of a spring do to the particle (1, 2), at rest at first,")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_evolve(evolve)
### END HIDDEN TESTS

# %% [markdown]
# A plane wave has an exact answer: Zel'dovich, until particles cross. So test the run with waves along the columns'
# index, of small and large amplitude $A$; their particles cross at $a = 1/A$. There are two runs: one starts with
# particles at the corners of cells, the other, with the mesh moved by half a cell, in the centres. In a centre all mass
# of a particle sits in one cell, and a small move to *either* side takes mass out of it. A move to the left and one to
# the right do not cancel, until a large wave has moved particles out of the centres. Expect errors of about 4 to 7%
# from the corners, where clouds only smooth the wave, and of 7 to 20% from the centres.
#
# %%
times = np.linspace(0.1, 1.0, 16)
wave = np.tile(np.cos(2 * np.pi * np.arange(32) / 16), (32, 1))


def corners(x):
    """The force on particles, where cells have their corners at whole numbers."""
    return np.asarray(forces(np.asarray(x), (32, 32)))


def centres(x):
    """The same, where cells have their centres there."""
    return np.asarray(forces(np.asarray(x) + 0.5, (32, 32)))


for amplitude in (0.02, 0.5, 0.9):
    exact = np.asarray(zeldovich(amplitude * wave))
    errors = [100 * rms(np.asarray(evolve(exact, times, force)) - exact) / rms(exact) for force in (corners, centres)]
    print(f"amplitude {amplitude:4}: error {errors[0]:4.1f}% from the corners, {errors[1]:4.1f}% from the centres")

# %% [markdown]
# And some of the test boxes. Here your mesh is as coarse as the particles, so it misses forces within a cell. Expect
# about half of Zel'dovich's error.
#
# %%
runs = np.array([np.asarray(evolve(psi, times, corners)) for psi in boxes["test"].first[:RUNS]])
print(f"rms error of the particle mesh, of {RUNS} boxes: {rms(runs - boxes['test'].psi[:RUNS]):.3f} cells")
print(f"of Zel'dovich, of the same boxes: {rms((boxes['test'].first - boxes['test'].psi)[:RUNS]):.3f} cells")


# %% [markdown]
# ## 4 Two numbers for each wave
#
# ### 4.1 Task 9: `transfer_and_correlation` (3 points)
#
# An rms error does not say where it comes from. So compare waves. The *transfer function* $T$ compares powers, and the
# *correlation* $r$ tells whether crests are in the same places:
#
# $$ T = \sqrt{\frac{\sum |F|^2}{\sum |G|^2}}, \qquad
# r = \frac{\mathrm{Re} \sum F \, G^*}{\sqrt{\sum |F|^2 \, \sum |G|^2}}, $$
#
# where $F$ and $G$ are the Fourier transforms of what was found and of the truth. All three sums run over all fields,
# all components, and all waves in a bin of $|k|$.
#
# By hand: if half the truth was found, $T = \frac12$ and $r = 1$. If what was found is the truth plus noise of the same
# power, the sums are $\sum |F|^2 = 2 \sum |G|^2$ and, but for chance, $\sum F G^* = \sum |G|^2$. Then $T = \sqrt2$ and
# $r = 1 / \sqrt2$.
#
# - `found`, `truth`: arrays of shape `(n, h, w, c)`: n fields with c components
# - `edges`: array of m + 1 increasing numbers. The bin `i` has the waves with
#   `edges[i]` ≤ $|k|$ < `edges[i + 1]` in radians per cell. No wave lies on an edge, and each bin has power in both.
#   The first edge may be negative: then the first bin has the mean, too
# - returns two arrays of shape `(m,)`: $T$ and $r$
#
# <details><summary>Hint 1</summary>
#
# `np.fft.fft2(found, axes=(1, 2))`. Sum products over the fields and components first, then over the waves of a bin.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.histogram(k, edges, weights=power)[0]` sums power in bins of `k`, both of shape `(h, w)`.
#
# </details>
#
# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    """Transfer function (m,) and correlation (m,) of fields (n, h, w, c) with true ones, in bins of wave numbers."""
    ### BEGIN SOLUTION: Sum powers and products in bins, and return T and r.
    k = np.hypot(*np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in truth.shape[1:3]), indexing="ij"))
    f, g = (np.fft.fft2(field, axes=(1, 2)) for field in (found, truth))

    def binned(one, other):
        return np.histogram(k, edges, weights=np.sum(one * np.conj(other), axis=(0, 3)).real)[0]

    ff, gg = binned(f, f), binned(g, g)
    return np.sqrt(ff / gg), binned(f, g) / np.sqrt(ff * gg)
    ### END SOLUTION


# %% test="displacement-spectra" points=3
place = 2 * np.pi / 8 * np.arange(8)
one, other = (f(place[:, None] + place)[None, ..., None] for f in (np.cos, np.sin))  # |k| is 1.11
for name, found, T, r in (
    ("half the truth", one / 2, 0.5, 1.0),
    ("the truth and noise", one + other, 2**0.5, 0.5**0.5),
    ("-3 times the truth", -3 * one, 3.0, -1.0),
):
    got = transfer_and_correlation(found, one, np.array([1.0, 1.2]))
    expect(got, {"T": [T], "r": [r]}, f"transfer_and_correlation for {name}")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_spectra(transfer_and_correlation)
### END HIDDEN TESTS

# %%
edges = np.array([0.1, 0.3, 0.5, 0.7, 0.9, 1.2, 1.6, 2.0])
test = boxes["test"]
curves = {
    "Zel'dovich": transfer_and_correlation(test.first, test.psi, edges),
    "second order": transfer_and_correlation(test.first + second["test"], test.psi, edges),
    f"particle mesh, {RUNS} boxes": transfer_and_correlation(runs, test.psi[:RUNS], edges),
}
show_by_wave(edges, curves)
show_figure(
    "Two panels against the wave number from 0.2 to 1.8 radians per cell: transfer function and correlation of "
    "Zel'dovich, second order and particle mesh with the true displacement. At the left all are near 1. To the right "
    "the transfer function falls most for the particle mesh, and the correlation for the other two."
)


# %% [markdown]
# By $T$ alone, Zel'dovich is better than your particle mesh, whose clouds of a cell's size smooth short waves. By $r$
# it is the other way round, and by the rms error, too.
#
# ### 4.2 Task 10: `same_power` (2 points)
#
# Is a method accurate if $T$ is 1? Make an example to the contrary: from a field, another one that has *exactly* its
# power in each wave, so $T = 1$ in all bins, and is still of no use: $r$ is 0.
#
# By hand, in one dimension: for $\cos kq$, such a field is $\sin kq$, the same wave moved by a quarter of its period. A
# sum of waves needs each wave moved by a quarter of its *own* period.
#
# - `field`: array of floats of shape `(h, w)`, with the mean 0, not 0 everywhere, and without waves that have a period
#   of two cells along an axis
# - returns an array of shape `(h, w)` of real numbers, whose Fourier transform has the same absolute value for each
#   wave, within 1%, and whose $|r|$ with `field` is at most 0.1 in each bin, however narrow
#
# <details><summary>Hint 1</summary>
#
# To move a wave $e^{i k \cdot q}$ by a quarter of its period multiplies it by $i$ or by $-i$. If you multiply all of
# them by the same, the result is not real: the waves $k$ and $-k$ belong together.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Give $i$ to one of each pair and $-i$ to the other. The sign of $k_0$ tells them apart, and where $k_0 = 0$, the sign
# of $k_1$.
#
# </details>
#
# %% solution="displacement-phases"
def same_power(field):
    """A field (h, w) with the power of another (h, w) in each wave, and without correlation with it."""
    ### BEGIN SOLUTION: Move each wave by a quarter of its period, and return the field.
    rows, columns = np.meshgrid(*map(np.fft.fftfreq, field.shape), indexing="ij")
    sign = np.where(rows == 0, np.sign(columns), np.sign(rows))
    return np.fft.ifft2(1j * sign * np.fft.fft2(field)).real
    ### END SOLUTION


# %% test="displacement-phases" points=2
wave = np.cos(2 * np.pi / 8 * np.arange(8)) + np.zeros((8, 1))
for given, k, name in ((wave, (0, 1), "columns'"), (wave.T, (1, 0), "rows'")):
    got, name = np.asarray(same_power(given)), f"same_power of a wave along the {name} index"
    expect(got.shape, [8, 8], f"the shape of {name}")
    power = np.abs(np.fft.fft2(got)[k]) / np.abs(np.fft.fft2(given)[k])
    expect(power, 1.0, f"the amplitude of {name}, over that of the wave,", atol=0.01)
    r = np.sum(got * given) / np.sqrt(np.sum(got**2) * np.sum(given**2))
    expect(r, 0.0, f"the correlation of {name} with the wave", atol=0.1)
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_phases(same_power)
### END HIDDEN TESTS

# %%
fake = np.stack([np.stack([same_power(part) for part in np.moveaxis(psi, -1, 0)], axis=-1) for psi in test.psi[:RUNS]])
T, r = (np.asarray(part) for part in transfer_and_correlation(fake, test.psi[:RUNS], edges))
print(f"the same power, other phases: T from {T.min():.2f} to {T.max():.2f}, |r| up to {np.abs(r).max():.2f}")
print(f"rms error {rms(fake - test.psi[:RUNS]):.2f} cells; of no displacement at all {rms(test.psi[:RUNS]):.2f} cells")


# %% [markdown]
# ## 5 A network on a periodic box
#
# ### 5.1 Task 11: `periodic_pad` (2 points)
#
# The simulation takes many steps. A network may take one: it gets the displacement by Zel'dovich and gives what has to
# be added. The physics is the same everywhere, so it should be a convolution. But a convolution with the padding
# `"same"` surrounds the box by zeros, as if nothing moved outside. The box has no outside. Surround it with itself.
#
# By hand, a row of four: $(1, 2, 3, 4)$ with the width 1 becomes $(4, 1, 2, 3, 4, 1)$, and with the width 2
# $(3, 4, 1, 2, 3, 4, 1, 2)$. The rows above and below are padded in the same way.
#
# - `x`: tensor of shape `(n, h, w, c)`; within a network, n is not known yet
# - `width`: a whole number from 1 to the smaller one of h and w
# - returns a tensor of shape `(n, h + 2 width, w + 2 width, c)`
#
# Gradients must pass, so use TensorFlow: `np.pad` fails inside a network.
#
# <details><summary>Hint 1</summary>
#
# `tf.concat` puts parts of `x` beside it, first along one axis, then along the other.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x[:, -width:]` are the last rows. They belong above the first.
#
# </details>
#
# %% solution="displacement-pad"
def periodic_pad(x, width):
    """Fields x (n, h, w, c), surrounded by themselves on all sides: (n, h + 2 width, w + 2 width, c)."""
    ### BEGIN SOLUTION: Surround x by its own rows, then by its own columns, and return the result.
    x = tf.concat([x[:, -width:], x, x[:, :width]], axis=1)
    return tf.concat([x[:, :, -width:], x, x[:, :, :width]], axis=2)
    ### END SOLUTION


# %% test="displacement-pad" points=2
square = tf.reshape(tf.range(1.0, 13.0), (1, 3, 4, 1))
got = np.asarray(periodic_pad(square, 1))
expect(got.shape, [1, 5, 6, 1], "the shape of periodic_pad of 3 x 4 pixels by 1")
expect(got[0, 1, :, 0], [4.0, 1, 2, 3, 4, 1], "the row 1, 2, 3, 4, padded by 1,")
expect(got[0, 0, :, 0], [12.0, 9, 10, 11, 12, 9], "the row above it", "the last one, padded")
got = np.asarray(periodic_pad(square, 2))
expect(got.shape, [1, 7, 8, 1], "the shape of periodic_pad of 3 x 4 pixels by 2")
expect(got[0, 2, :, 0], [3.0, 4, 1, 2, 3, 4, 1, 2], "the row 1, 2, 3, 4, padded by 2,")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_pad(periodic_pad)
### END HIDDEN TESTS


# %% [markdown]
# ### 5.2 Task 12: `displacement_net` (4 points)
#
# A block of two periodic convolutions is given. Each pads its input, convolves it with kernels of 3 × 3, and has a
# ReLU.
#
# %%
class Periodic(tfkl.Layer):
    """Your periodic padding by one cell, as a layer."""

    def call(self, x):
        return periodic_pad(x, 1)


def conv_block(x, filters):
    """Two periodic convolutions of 3 x 3, each with ReLU: (n, h, w, c) -> (n, h, w, filters)."""
    for _ in range(2):
        x = tfkl.Conv2D(filters, 3, activation="relu")(Periodic()(x))
    return x


# %% [markdown]
# The network is a U-Net. `widths` has the numbers of filters, the last one for the bottom:
#
# - down: at each width but the last, a `conv_block`, whose output is kept as the *skip*; then average pooling of 2 × 2
# - at the bottom, a `conv_block` with the last width
# - up: at each width but the last, in reverse, a transposed convolution of 2 × 2 with the stride 2, with as many
#   filters and without activation; its output and the skip of this level are concatenated, in either order; then a
#   `conv_block`
# - at the end a convolution of 1 × 1 with 2 filters and without activation, whose weights all *start at 0*
#
# So the untrained network adds nothing: the training starts from Zel'dovich.
#
# By hand, for `widths = (4, 6)`: the blocks on the way down and at the bottom have $76 + 148 = 224$ and
# $222 + 330 = 552$ parameters, the transposed convolution 100, the block on the way up $292 + 148 = 440$, and the end
# 10. That makes 1326.
#
# - `side`: the number of cells along both axes; it can be halved at each level but the bottom
# - `widths`: a tuple or list of at least two whole numbers, of which some may be equal
# - returns a Keras model, from `(None, side, side, 2)` to `(None, side, side, 2)`
#
# Use `conv_block` as it is. The tests put in weights of their own, in whatever order you made the layers, and look at
# what the network does with them.
#
# <details><summary>Hint 1</summary>
#
# `tfkl.AveragePooling2D(2)`, `tfkl.Conv2DTranspose(filters, 2, strides=2)` and `tfkl.Concatenate()` are layers. Keep
# the skips in a list, and take them back with `pop`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tfkl.Conv2D(2, 1, kernel_initializer="zeros")` starts at 0: biases do so anyway.
#
# </details>
#
# %% solution="displacement-net"
def displacement_net(side, widths):
    """A periodic U-Net from displacements (n, side, side, 2) to what is added to them; it starts at 0."""
    ### BEGIN SOLUTION: Build the way down, the bottom, the way up and the end, and return the model.
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = conv_block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
    ### END SOLUTION


# %% test="displacement-net" points=4
model = displacement_net(8, (4, 6))
assert model is not None, "displacement_net(8, (4, 6)) is None: is there a return statement?"
expect(model.output_shape[1:], [8, 8, 2], "the shape of displacement_net(8, (4, 6)), without the batch,")
expect(model.count_params(), 1326, "the number of weights of displacement_net(8, (4, 6))")
got = model(tf.ones((1, 8, 8, 2)))
expect(got, np.zeros((1, 8, 8, 2)), "what the untrained network adds", rtol=0, atol=0)
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_net(displacement_net, periodic_pad)
### END HIDDEN TESTS


# %% [markdown]
# What must a network on a periodic box not know? Where the box begins. If all fields are shifted, its answer must shift
# with them. Periodic convolutions do this for any shift. With zeros around the box they do not. The pooling of a U-Net
# joins cells in blocks: with three widths, only a shift by a multiple of 4 cells takes all blocks to blocks.
#
# %%
def layers_of(padding):
    """Two convolutions, with zeros around the box or with your padding."""
    inputs = x = tfk.Input((32, 32, 2))
    for _ in range(2):
        x = tfkl.Conv2D(2, 3, padding="same")(x) if padding == "zeros" else tfkl.Conv2D(2, 3)(Periodic()(x))
    return tfk.Model(inputs, x)


some = boxes["test"].first[:4]
for name, model in (
    ("two convolutions, zeros around", layers_of("zeros")),
    ("two convolutions, periodic", layers_of("periodic")),
    ("periodic U-Net", displacement_net(32, (8, 8, 8))),
):
    rng = np.random.default_rng(7)
    model.set_weights([rng.normal(0, 0.1, weight.shape) for weight in model.get_weights()])
    answer = ask(model, some)
    for shift in (1, 4):
        back = np.roll(ask(model, np.roll(some, shift, axis=(1, 2))), -shift, axis=(1, 2))
        print(f"{name:31} shifted by {shift}: the answer differs by {rms(back - answer) / rms(answer):.0e} of its rms")


# %% [markdown]
# ### 5.3 Task 13: `augment` (4 points)
#
# A simulated box is expensive, and gravity has symmetries. A shifted box is as good as the box. So is its mirror image,
# or the box with both axes exchanged. But a displacement is a vector. In the mirror, what moved to the left moves to
# the right: the *component* along the flipped axis changes its sign. If the axes are exchanged, so are the components.
#
# By hand, a row of two particles with the displacements $(1, 5)$ and $(2, 6)$, where the second number is along the
# row. Flip the columns: first comes the particle that was last, with $(2, -6)$, then $(1, -5)$. Or exchange the axes
# instead: the particles form a column, $(5, 1)$ above $(6, 2)$.
#
# - `fields`: array of shape `(n, h, w, 2)`, each of n, h and w at least 1: displacements along the rows' index and
#   along the columns'
# - `shift`: two whole numbers of any sign: what was in the row `i` comes to the row `i + shift[0]`, periodically;
#   columns likewise with `shift[1]`
# - `flip`: two booleans: whether the rows come in reverse order, and whether the columns do
# - `swap`: whether both axes are exchanged
# - returns an array of shape `(n, h, w, 2)`, or `(n, w, h, 2)` if the axes are exchanged. First shift, then flip, then
#   exchange
#
# <details><summary>Hint 1</summary>
#
# `np.roll`, `np.flip` and `np.swapaxes` do it for the places. The components are the last axis.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Multiply by an array with the numbers $-1$ or $1$ for each component. `[..., ::-1]` exchanges two components.
#
# </details>
#
# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    """Displacements (n, h, w, 2) after a shift, flips of the axes and an exchange of both, in this order."""
    ### BEGIN SOLUTION: Shift, flip and exchange places and components, and return the fields.
    fields = np.roll(fields, shift, axis=(1, 2))
    for axis in (0, 1):
        if flip[axis]:
            fields = np.flip(fields, axis=axis + 1) * np.where(np.arange(2) == axis, -1.0, 1.0)
    return np.swapaxes(fields, 1, 2)[..., ::-1] if swap else fields
    ### END SOLUTION


# %% test="displacement-augment" points=4
row = np.array([[[[1.0, 5.0], [2.0, 6.0]]]])
for shift, flip, swap, expected in (
    ((0, 1), (False, False), False, [[[2.0, 6.0], [1.0, 5.0]]]),
    ((0, 0), (False, True), False, [[[2.0, -6.0], [1.0, -5.0]]]),
    ((0, 0), (True, False), False, [[[-1.0, 5.0], [-2.0, 6.0]]]),
    ((0, 0), (False, False), True, [[[5.0, 1.0]], [[6.0, 2.0]]]),
    ((0, 1), (False, True), True, [[[-5.0, 1.0]], [[-6.0, 2.0]]]),
):
    got = augment(row, shift, flip, swap)
    expect(got, [expected], f"augment(fields, {shift}, {flip}, {swap}) of the example")
expect(row, [[[[1.0, 5.0], [2.0, 6.0]]]], "the given fields, afterwards,", "make a new array")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_augment(augment)
### END HIDDEN TESTS

# %% [markdown]
# How do you know that these are the symmetries? The closed form has them: change $\delta$, then take its displacement;
# or take the displacement, then change it. Both are the same: expect up to 1e-6 cells of difference in single
# precision, and 1e-15 in double.
#
# %%
delta = boxes["test"].delta[0]
shift, flip, swap = (5, -3), (True, False), True
changed = np.roll(delta, shift, axis=(0, 1))[::-1].T
one = np.asarray(zeldovich(changed))
other = np.asarray(augment(np.asarray(zeldovich(delta))[None], shift, flip, swap))[0]
print(f"largest difference: {np.abs(one - other).max():.1e} cells")


# %% [markdown]
# ### 5.4 Task 14: `train_step` (9 points)
#
# The network $N$ gives what has to be added to the first displacement $\psi_Z$, so that the sum is the true $\psi$. The
# loss is the mean squared error of the sum,
#
# $$ \ell = \mathrm{mean} \, \big( \psi_Z + N(\psi_Z) - \psi \big)^2, $$
#
# over all boxes, particles and components.
#
# By hand: one particle, the first displacement $(1, 0)$, the true one $(2, -1)$. A network that gives its biases
# $(0, 0)$ has the loss $\frac12 (1 + 1) = 1$. The slope for a bias is $2 / 2$ times the error: $(-1, 1)$. So a descent
# with the rate 0.1 takes the biases to $(0.1, -0.1)$.
#
# - `network`: a Keras model. The optimiser changes only its `trainable_variables`. A network may have layers that must
#   know that it trains: `training=True`. It has no losses of its own
# - `optimizer`: a Keras optimiser. `optimizer.apply(gradients, variables)` takes one step
# - `first`, `truth`: float32 tensors of one shape, with two axes or more: displacements by Zel'dovich, and true ones
# - returns the loss *before* the step, as a tensor
#
# The notebook compiles your function, so use TensorFlow. There are 3 points for the step, and 6 when it trains your
# network.
#
# <details><summary>Hint 1</summary>
#
# The network and the loss belong inside a `tf.GradientTape`. After it come the gradient and the optimiser.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.reduce_mean` without an axis is the mean of all numbers. Return the loss as it is, not a `float` of it.
#
# </details>
#
# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    """Moves a network for what the first displacement misses by one step; returns its loss before the step."""
    ### BEGIN SOLUTION: Take the gradient of the mean squared error, apply it, and return the loss.
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((first + network(first, training=True) - truth) ** 2)
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
    ### END SOLUTION


# %%
def silent():
    """A network for one particle whose weights are 0, and a plain descent with the rate 0.1."""
    model = tfk.Sequential([tfk.Input((1, 1, 2)), tfkl.Conv2D(2, 1, kernel_initializer="zeros")])
    return model, tfk.optimizers.SGD(0.1)


# %% test="displacement-step" points=3
model, plain = silent()
given = [tf.reshape(tf.constant(values), (1, 1, 1, 2)) for values in ([1.0, 0.0], [2.0, -1.0])]
expect(train_step(model, plain, *given), 1.0, "train_step of the example", "the loss before the step")
expect(model.get_weights()[1], [0.1, -0.1], "the pair of biases after the step")
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_step(train_step)
### END HIDDEN TESTS

# %% [markdown]
# Now train. Each batch of 8 boxes is changed by another symmetry. It takes about half a minute on two free cores. The
# loss scatters from batch to batch, to the end.
#
# %%
WIDTHS = (16, 32, 48)
tfk.utils.set_random_seed(SEED)
network = displacement_net(32, WIDTHS)
curve = trained(train_step, augment, network, boxes["train"], STEPS, 8, 3e-3, SEED)
show_losses(curve)
show_figure(
    "Training loss in squared cells, on a logarithmic axis, against the step. It should fall steeply and then slowly."
)

# %% [markdown]
# Look wave by wave, as before: is the correlation of your network above that of Zel'dovich on the right, and on which
# side of 1 is its transfer function?
#
# %%
test = boxes["test"]
learnt = test.first + ask(network, test.first)
missed = rms(test.psi - test.first)
for name, found in (("Zel'dovich", test.first), ("second order", test.first + second["test"]), ("network", learnt)):
    error = rms(test.psi - found)
    print(f"rms error, {name:13} {error:.3f} cells, {error / missed:.2f} of that of Zel'dovich")
error = rms(test.psi[:RUNS] - runs)
print(f"rms error, particle mesh {error:.3f} cells, {error / rms((test.psi - test.first)[:RUNS]):.2f} of Zel'dovich's")
T, r = (np.ravel(part)[0] for part in transfer_and_correlation(learnt, test.psi, np.array([1.2, 2.0])))
print(f"waves from 1.2 to 2 radians per cell, network: T = {T:.3f}, r = {r:.3f}")
curves["network"] = transfer_and_correlation(learnt, test.psi, edges)
show_by_wave(edges, curves)
show_figure(
    "Transfer function and correlation against the wave number, as above, and now also of your network. Look whether "
    "its correlation is above that of Zel'dovich on the right, and on which side of 1 its transfer function is."
)

# %% [markdown]
# In a corner of the box, orange lines lead from each particle to where the simulation takes it: what Zel'dovich misses,
# and what your network misses.
#
# %%
taken = {"Zel'dovich": test.first[0], "network": learnt[0], "simulation": test.psi[0]}
show_particles(taken, part=((0, 8), (24, 32)), aim=test.psi[0])
show_figure(
    "A corner of a periodic box, 8 cells a side, with particles where Zel'dovich, your network and the simulation take "
    "them. Orange lines lead to where the simulation takes each. Compare their lengths, and how thin the filaments are."
)

# %% [markdown]
# Three tests judge your network on 100 boxes that you do not have, for 2 points each. Its rms error must be at most
# 0.80, 0.60 and 0.45 of that of Zel'dovich. For the last one, all waves from 1.2 to 2 radians per cell are one bin: $r$
# must be at least 0.92 there, and $T$ between 0.85 and 1.10. The first cell after the training prints the error, $r$
# and $T$ for your test boxes. An error below 0.1 of that of Zel'dovich fails, too: who has it has seen the truth, as
# even a finer simulation differs from it by about as much.
#
# %% test="displacement-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new boxes, the rms error is at most 0.80 of that of Zel'dovich.
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_trained(network, tier=1)
### END HIDDEN TESTS

# %% test="displacement-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new boxes, the rms error is at most 0.60 of that of Zel'dovich.
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_trained(network, tier=2)
### END HIDDEN TESTS

# %% test="displacement-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new boxes, the rms error is at most 0.45 of that of Zel'dovich, with r and T of short waves as said.
### BEGIN HIDDEN TESTS
from graders.checks import displacement as checks

checks.check_trained(network, tier=3)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 What the network knows
#
# Four kinds of boxes that it has not learnt from. Beside the test boxes there are *large* ones, with twice the side: a
# convolution has the same weights for any box. But longer waves fit into a larger box, so that displacements are
# larger. In the *strong* boxes, the amplitude is 1.5 times as large. Last, the test boxes are made ten times weaker:
# there second order is almost all that Zel'dovich misses, so take it for the truth.
#
# %%
large = displacement_net(64, WIDTHS)
large.set_weights(network.get_weights())
weak = 0.1 * test.first
for name, model, first, truth in (
    ("test", network, test.first, test.psi),
    ("large", large, boxes["large"].first, boxes["large"].psi),
    ("strong", network, boxes["strong"].first, boxes["strong"].psi),
    ("weak", network, weak, weak + 0.01 * second["test"]),
):
    ratio = rms(truth - first - ask(model, first)) / rms(truth - first)
    print(f"{name:6} boxes: rms error of the network {ratio:5.2f} of that of Zel'dovich")

# %% [markdown]
# A ratio above 1 means that the network does harm: to the weak boxes it adds what it has learnt at the full amplitude.
#
# And where is it wrong? Here are the errors of particles that have collapsed to first order, and of the others.
#
# %%
collapse = np.linalg.eigvalsh(np.stack([np.asarray(tides(field)) for field in test.delta]))[..., 1]
for name, found in (("Zel'dovich", test.first), ("network", learnt)):
    off = test.psi - found
    print(f"{name:10} rms error: collapsed {rms(off[collapse > 1]):.3f}, others {rms(off[collapse <= 1]):.3f} cells")

# %% [markdown] answer="displacement-trust" points=3
# ### 6.1 Question 1: three claims (3 points, by hand)
#
# 1. "Our network has a third of the error of Zel'dovich on test boxes, so we may use it for any cosmology." What does
#    a test on boxes like the training boxes show, and what does it not show? (1 point.)
# 2. "Our displacements lack power at short waves, so we multiply each wave by $1/T$. Then they are right." What does
#    this mend, and what not? (1 point.)
# 3. Suppose the network got a *smoothed* density: many simulations then fit the same input. Trained with the mean
#    squared error, what would it give, and why would its power be too low? What kind of model would you train instead?
#    (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: it shows the error for this amplitude, spectrum and resolution only. Elsewhere the network has
# not been tested, and it need not obey limits, such as vanishing as the square of the amplitude. In the notebook it
# errs more for large and strong boxes, and for weak ones it is worse than Zel'dovich. Test, or train, over the range of
# use.
#
# 1 point for the second: it makes T = 1, and leaves r as it was, since phases do not change. The rms error can even
# grow, for power without correlation is noise. Task 10 has T = 1 and r = 0.
#
# 1 point for the third: the mean of all displacements that fit, which is smoother than each of them, as phases differ
# and cancel. No single simulation looks like it. A generative model (a flow, diffusion, a conditional VAE or GAN),
# whose draws have the right power; a mean is not a draw.
# === END MARK SCHEME ===

# %% [markdown]
# ## 7 What you have learnt
#
# You followed matter instead of looking at places: to first and second order by closed forms, then by a particle mesh
# whose steps can be undone and whose forces add up to nothing. You compared fields by power and by phase, and made one
# with the right power and no use. Your network learnt what the closed form misses, on a box without edges, from boxes
# in all their mirror images. It is of use in larger and stronger boxes, too. In weak ones
# it does harm.
