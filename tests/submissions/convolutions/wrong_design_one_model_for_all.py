# fails: conv-design-test
# Keeps its model, and returns the same one, with the weights that it has by then, at every call.

# %% solution="conv-design"
encoder_of_task_12 = tfk.Sequential([tfk.Input((64, 64, 3))])
for filters_of_task_12 in (6, 8, 16):
    encoder_of_task_12.add(tfkl.Conv2D(filters_of_task_12, 5, strides=2, padding="same", activation="relu"))


def build_encoder():
    return encoder_of_task_12
