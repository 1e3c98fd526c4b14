"""Are the graders right? Fixtures, mutants, rehearsals, thresholds, and a sample class whose points are known."""
