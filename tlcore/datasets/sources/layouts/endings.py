"""What endings of file names promise: a guess, from which folders with images are told; contents decide in the end."""

from __future__ import annotations

_IMAGES = """
jpg jpeg jpe jfif png apng webp bmp dib gif tif tiff heic heif hif avif jp2 j2k jpf jpx j2c ppm pgm pbm pnm pam ico tga
dds pcx sgi psd svg
"""
_NO_IMAGES = """
txt csv tsv md rst rtf pdf doc docx xls xlsx xml json jsonl yaml yml toml ini cfg html htm css js py pyc ipynb sh bat
log db sqlite mat npy npz pkl h5 hdf5 keras tflite onnx pt pth pb tfrecord parquet mp4 avi mov mkv wav
mp3 exe names
"""

IMAGES = frozenset(_IMAGES.split())
NO_IMAGES = frozenset(_NO_IMAGES.split())
ARCHIVES = frozenset(("zip", "tar", "gz", "tgz", "bz2", "xz", "rar", "7z"))
