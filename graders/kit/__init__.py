"""What goes into the students' kit: templates that `graders.kit.make` fills in, and the self-check."""
