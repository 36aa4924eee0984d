"""Published and own weights as files."""
