"""Caches of earlier versions are not read, and go."""

from tlcore.storage.caches import SCHEMA, cache_folder, remove_older_caches


def test_older_caches_go_and_the_present_one_stays(home):
    older = [home / "features" / "MobileNetV2-x" / "rows.bin", home / "converted" / "a.tflite"]
    older += [home / f"cache-{number}" / "features" / "a" for number in range(1, SCHEMA)]
    kept = [
        cache_folder("features") / "a" / "rows.bin",
        home / "runs" / "b" / "log.txt",
        home / f"cache-{SCHEMA + 1}" / "x",
    ]
    for path in (*older, *kept):
        path.parent.mkdir(parents=True)
        path.touch()
    remove_older_caches()
    assert not any(path.exists() for path in older)
    assert all(path.exists() for path in kept)
    assert not (home / "features").exists()
