"""What is right in `training`: exact laws and enumerations, Keras and NumPy, and a simulator whose best error is known.

All inputs come from seeded generators. Trained networks are judged on galaxies that are in no notebook.
"""

from graders.checks.training.layers import (
    check_augment,
    check_batch_norm_inference,
    check_batch_norm_training,
    check_dropout,
    check_enough,
    check_expected_errors,
    check_residual,
    check_signal,
)
from graders.checks.training.steps import (
    check_batch,
    check_clip,
    check_largest_rate,
    check_learning_rate,
    check_standardise,
    check_standardise_constant,
)
from graders.checks.training.trained import (
    CEILINGS,
    THRESHOLDS,
    check_best_weights,
    check_network,
    check_step,
    check_stop,
    check_transfer,
    check_transferred,
    measure,
)
