"""Everything that judges: the checks, the build, and what plugs into nbgrader. Never released."""
