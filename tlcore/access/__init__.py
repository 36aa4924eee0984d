"""Who asks, and what they may: visitors, codes, folders, private files."""
