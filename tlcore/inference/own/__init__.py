"""A network of the user's own, from its file: looked at as data, rebuilt here, and prepared like any other."""
