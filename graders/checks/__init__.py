"""What is right: one module an assignment, and the ladder they share. Knows nothing of notebooks or kernels."""
