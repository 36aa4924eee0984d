"""Where images come from: folders, archives, arrays, known sets, drawings."""
