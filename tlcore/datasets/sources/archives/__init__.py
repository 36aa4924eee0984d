"""Archives of images that are not trusted: zip and tar files."""
