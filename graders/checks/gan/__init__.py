"""What is right in `gan`: closed forms, automatic differentiation on copies of networks, known densities and spectra.

Trained networks are judged by what they give: probabilities against the optimal discriminator, samples against the
mixture they should follow, fields against the log-normal model, all of which are known without any training. What
wrong answers and wrong samplers reach on each threshold: docs/thresholds/gan.md.
"""

from graders.checks.gan.fields import (
    check_field_generator,
    check_power_spectrum,
    check_power_wavenumbers,
    check_to_density,
)
from graders.checks.gan.losses import (
    check_discriminator_loss,
    check_discriminator_loss_sure,
    check_generator_gradient,
    check_generator_loss,
    check_generator_loss_sure,
)
from graders.checks.gan.optimum import (
    check_jensen_shannon,
    check_jensen_shannon_zeros,
    check_optimal_discriminator,
    check_optimal_discriminator_far,
)
from graders.checks.gan.ratio import check_density_ratio, check_discriminator_network
from graders.checks.gan.ring import check_energy_distance, check_mended_round, check_modes_covered, check_quality
from graders.checks.gan.steps import (
    check_discriminator_step,
    check_discriminator_step_frozen,
    check_generator_step,
    check_generator_step_frozen,
)
from graders.checks.gan.trained import (
    CEILINGS,
    THRESHOLDS,
    check_fields_histogram,
    check_fields_power,
    check_ring_covered,
    check_ring_energy,
    check_ring_good,
    check_trained_discriminator,
    measure,
)
