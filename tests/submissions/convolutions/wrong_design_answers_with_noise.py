# fails: conv-design-test
# A layer of noise works in evaluation, too: no two answers are alike.

# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([tfk.Input((64, 64, 3))])
    for filters in (6, 8, 16):
        model.add(tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu"))
    model.add(tfkl.Lambda(lambda x: x + 0.1 * tf.random.normal(tf.shape(x))))
    return model
