"""The rows of the catalog, one file for a group of families: shared facts first, then one row a variant."""
