"""A photo on its way through a network: the maps of its stages, and any single value written out."""
