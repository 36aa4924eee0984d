"""From file names to classes and parts: by folders, by a table of labels, or by the names of the files themselves."""
