"""A user's own network, opened as data: which kind of file it is, its layers, and what they hold and cost."""
