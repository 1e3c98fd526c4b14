"""What is right in `flows`: closed forms, SciPy and automatic differentiation; flows by what a density must do.

An untrained flow is judged by properties that hold for any weights: its density integrates to 1, it agrees with the
Jacobian by finite differences, both coordinates are transformed, and the variables handed back are all there are.
A trained one is judged on new samples of densities whose entropy is known, from generators of `trained`. On n points,
the gap is the mean of ln p(x) - ln q(x): the NLL less that of the true density on the same points. Its expectation is
the KL divergence, which no normalised q makes negative, and its noise is far below that of the NLL itself.

False-failure rates over seeds: docs/thresholds/flows.json; what wrong answers reach: docs/thresholds/flows.md.
"""

from graders.checks.flows.couplings import check_chain, check_forward, check_inverse, check_log_det
from graders.checks.flows.densities import check_entropy, check_lognormal, check_nll, check_radius
from graders.checks.flows.networks import (
    check_conditional,
    check_maf,
    check_maf_variables,
    check_realnvp,
    check_realnvp_variables,
)
from graders.checks.flows.posteriors import check_coverage, check_posterior
from graders.checks.flows.splines import check_spline
from graders.checks.flows.trained import (
    CEILINGS,
    THRESHOLDS,
    check_banana,
    check_banana_latent,
    check_posterior_coverage,
    check_posterior_loss,
    check_posterior_moments,
    check_ring,
    measure,
)
