# Right: names that the plots once took, imported or of the student's own, and other forms of the formulas.
# %% solution="lenses-dihedral"
def views(images):
    for flipped in (images, images[:, ::-1]):
        for turned in (flipped, flipped[:, :, ::-1]):
            yield turned
            yield np.swapaxes(turned, 1, 2)


def dihedral(images):
    return list(views(images))


# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    order = rng.permutation(len(labels))
    all_eight = np.stack(list(views(np.asarray(images)[order])))
    return all_eight[rng.integers(8, size=len(labels)), np.arange(len(labels))], np.asarray(labels)[order]


# %% solution="lenses-roc"
def rates(labels, scores, threshold):
    return (scores[labels == 0] >= threshold).mean(), (scores[labels == 1] >= threshold).mean()


def roc(labels, scores):
    points = [(0, 0), *(rates(labels, scores, threshold) for threshold in sorted(set(scores), reverse=True))]
    return tuple(zip(*points))


# %% solution="lenses-tpr"
from statistics import mean


def tpr_at(labels, scores, false_positives):
    others = sorted(scores[labels == 0], reverse=True)
    if false_positives >= len(others):
        return 1
    return mean(float(score > others[false_positives]) for score in scores[labels == 1])


# %% solution="lenses-callbacks"
from keras import callbacks, losses


def training_callbacks(path, patience):
    stop = callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    return [callbacks.ModelCheckpoint(path, save_best_only=True, save_weights_only=True), stop]


# %% solution="lenses-compact"
def build_compact():
    x = image = tfk.Input((48, 48, 1))
    for filters, size, strides in ((12, 6, 4), (12, 3, 1), (12, 3, 1), (12, 3, 2), (12, 3, 1)):
        x = tfkl.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
        x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
    p = tfkl.Dense(1, activation="sigmoid", kernel_initializer="zeros")(tfkl.GlobalMaxPooling2D()(x))
    model = tfk.Model(image, p)
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), losses.BinaryCrossentropy())
    return model


# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    # What the odds are multiplied by; 1 becomes 1 but for rounding.
    factor = prevalence * (1 - trained) / (trained * (1 - prevalence))
    return probabilities * factor / (1 + probabilities * (factor - 1))
