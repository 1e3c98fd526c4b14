"""What goes into the students' kit: templates that `graders.kit` fills in, and the self-check."""
