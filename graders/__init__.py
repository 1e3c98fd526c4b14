"""Everything that judges and what runs a class: the checks, the build, sealed grading, the proof. Never released."""
