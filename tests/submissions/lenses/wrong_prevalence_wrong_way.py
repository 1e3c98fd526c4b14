# fails: lenses-prevalence-test, lenses-prevalence-test-2
# The ratio of the priors upside down: from the sky to the training set.
# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    a = probabilities * trained / prevalence
    return a / (a + (1 - probabilities) * (1 - trained) / (1 - prevalence))
