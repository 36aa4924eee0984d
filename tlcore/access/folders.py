"""Which files and folders of this machine may be named: all by its owner, by visitors those below named folders."""

from __future__ import annotations

from pathlib import Path

from tlcore.access.asker import asker
from tlcore.errors import AccessError
from tlcore.settings import settings

UPLOADS = "uploads"  # folder in the home folder; what was uploaded is removed when it is not needed any more


def uploads_folder() -> Path:
    """Where the uploads of the asker are put: nobody else can name a file there, whose folder cannot be guessed."""
    return settings().home / UPLOADS / asker().id


def may_read(path: Path) -> bool:
    """Tell whether the asker may name a file or folder of this machine.

    Args:
        path: whether it exists makes no difference.
    """
    visitor = asker()
    if visitor.is_owner:
        return True
    try:
        place = path.expanduser().resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, an unknown home, a name that no file can have
        return False
    folders = [*settings().named_folders, *([uploads_folder().resolve()] if visitor.id else [])]
    return any(place.is_relative_to(folder) for folder in folders)


def check_path(path: Path) -> Path:
    """Refuse a path that the asker may not name, in words that do not tell whether there is such a file.

    Args:
        path: any path, with links and `~`.

    Returns:
        The same path.

    Raises:
        AccessError: if it is not below a folder that the owner of the machine has named.
    """
    if not may_read(path):
        raise AccessError("a path below a folder that is open to visitors", "another path", folders_sentence())
    return path


def folders_sentence() -> str:
    """Say in a sentence which folders visitors may name."""
    named = ", ".join(map(str, settings().named_folders))
    return f"Open are: {named}." if named else "On this machine there is none: upload a file instead."
