"""What is right in `lenses`: data, metrics and networks, against scikit-learn, SciPy, Keras and closed forms.

All inputs come from seeded generators. Trained networks are judged on a held-out set that is in no release.
"""

from graders.checks.lenses.data import (
    check_dihedral,
    check_epoch_augment,
    check_epoch_shuffle,
    check_profile,
    check_profile_edges,
    check_split,
    check_split_objects,
    check_stretch,
)
from graders.checks.lenses.metrics import (
    check_auroc,
    check_auroc_ties,
    check_roc,
    check_roc_ties,
    check_tpr,
    check_tpr_ties,
)
from graders.checks.lenses.networks import (
    check_checkpoint,
    check_classifier,
    check_compact,
    check_early_stopping,
    check_loss,
)
from graders.checks.lenses.trained import CEILINGS, THRESHOLDS, check_compact_held_out, check_held_out, measure
from graders.checks.lenses.trust import (
    check_completeness,
    check_occlusion,
    check_prevalence,
    check_prevalence_ends,
    check_reliability,
    check_reliability_edges,
)
