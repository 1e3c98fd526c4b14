"""Makes the data of the course: strong lenses and galaxies through a Euclid-VIS-like instrument."""
