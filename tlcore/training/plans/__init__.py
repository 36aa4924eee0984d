"""Plans: their fields, defaults, problems and words."""
