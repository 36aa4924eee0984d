"""Tar files, packed or not: read like the folder they were made of, and hostile ones refused without harm."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from tests.datasets.photo_files import photo_bytes
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.errors import DatasetError
from tlcore.jobs import Monitor, Stopped


def entry(name, size=0, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info


def write_tar(path, files, mode="w", others=()):
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            archive.addfile(entry(name, len(data)), io.BytesIO(data))
        for info in others:
            archive.addfile(info)
    return path


PHOTOS = {f"{label}/{number}.jpg": photo_bytes(number) for label in ("cat", "dog") for number in range(2)}


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar", "w"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.txz", "w:xz")]
)
def test_the_same_as_its_folder(make_folder, tmp_path, name, mode):
    root = make_folder({"cat": 3, "dog": 3})
    files = {f"pets/{path.relative_to(root).as_posix()}": path.read_bytes() for path in root.rglob("*.jpg")}
    dataset = import_dataset("zip", {"path": write_tar(tmp_path / name, files, mode)}, "pets")
    assert dataset.id == import_dataset("folder", {"path": root}).id
    assert [folder.name for folder in datasets_folder().iterdir()] == [dataset.id]


def test_links_and_names_that_climb_out_are_left_out(tmp_path):
    others = [
        entry("cat/link.jpg", kind=tarfile.SYMTYPE, link="/etc/passwd"),
        entry("cat/hard.jpg", kind=tarfile.LNKTYPE, link="cat/0.jpg"),
        entry("cat/device.jpg", kind=tarfile.CHRTYPE),
        entry("../outside.jpg"),
        entry("/cat/rooted.jpg"),
    ]
    dataset = import_dataset("zip", {"path": write_tar(tmp_path / "a.tar", PHOTOS, others=others)})
    assert dataset.counts() == {"cat": 2, "dog": 2}
    assert dataset.report.notes == ("Entries left out because they are links or point outside the tar file: 5.",)
    assert not (tmp_path / "outside.jpg").exists()


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeros(path):
    """A packed file of 2 GB of zeros within a megabyte or two."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(entry("cat/0.jpg", 2_000_000_000).tobuf())
        for _ in range(1000):
            file.write(bytes(1_000_000))


def long_header(path):
    """A name that claims to have half a gigabyte."""
    info = entry("././@LongLink", 500_000_000, tarfile.GNUTYPE_LONGNAME)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.write(bytes(10_000_000))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut, "not a complete tar file"),
        (zeros, "times its size"),
        (long_header, "a header of many megabytes"),
        (lambda path: path.write_bytes(gzip.compress(b"no tar" * 100)), "not a complete tar file"),
        (lambda path: path.write_bytes(b"\x1f\x8bgarbage" * 100), "not a complete tar file"),
    ],
)
def test_damaged_and_hostile_ones_are_refused(tmp_path, harm, said):
    path = write_tar(tmp_path / "a.tgz", PHOTOS, "w:gz")
    harm(path)
    with pytest.raises(DatasetError, match=said):
        import_dataset("zip", {"path": path})
    assert not any(datasets_folder().iterdir())


def test_a_stop_leaves_nothing(tmp_path):
    path = write_tar(tmp_path / "a.tar", PHOTOS)
    with pytest.raises(Stopped):
        import_dataset("zip", {"path": path}, monitor=Monitor(lambda event: None, lambda: True))
    assert not any(datasets_folder().iterdir())
