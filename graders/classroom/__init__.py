"""Running a class: grading in parallel or on a cluster, grades, regrading, official tries, and the report."""
