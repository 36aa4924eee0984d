"""What every reader of untrusted HDF5 files needs; only children of `tlcore.guard` open such files."""

from __future__ import annotations

import h5py


def refuse_links(file: h5py.File) -> None:
    """Raise ValueError if anything in a file stands in another place, which could be another file."""

    def leads_away(path: str, link: object) -> str | None:
        return None if isinstance(link, h5py.HardLink) else path

    path = file.visititems_links(leads_away)
    if path is not None:
        raise ValueError(f"{path} refers to another place")
