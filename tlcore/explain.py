"""Any error as one of this project's: what was expected, what came, and what to do.

Known faults of a machine are rows of a table. They are told by errno, by the name of a class, or by words, as libraries
written in C pass reasons on as words only; by name, since no library has to be imported to name its errors.
"""

from __future__ import annotations

import errno
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tlcore.errors import InputError, MissingError, StudioError
from tlcore.settings import settings
from tlcore.storage.caches import SCHEMA

logger = logging.getLogger(__name__)

_MOST_LOG_BYTES = 2_000_000
_MOST_LETTERS = 300
_DATABASE = ("DBAPIError", "DatabaseError")
# Nothing is shown of an address with a second @: nobody knows where its password ends.
_ADDRESS = re.compile(r"([\w+]+://)(?:[^@?]*@)?+([^@?]*)(?:\?[^@]*)?$")
_ANOTHER_HOME = "or set TLCORE_HOME to another folder"


@dataclass(frozen=True)
class Fault:
    """A fault of the machine, and the number, the words or the class of an error by which it shows.

    The sentences may name the {path} concerned, the {store}, the {reason} that was given, and a missing {package}.

    Args:
        expected: as in `StudioError`.
        received: likewise.
        action: likewise.
        numbers: values of `errno`.
        words: parts of the message, in small letters.
        classes: names of classes.
        among: names of the classes whose words count; none for all.
        error: what it becomes.
    """

    expected: str
    received: str
    action: str
    numbers: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    error: type[StudioError] = StudioError

    def explains(self, error: BaseException) -> bool:
        """Tell whether an error shows this fault.

        Args:
            error: any error.
        """
        names = {each.__name__ for each in type(error).__mro__}
        if getattr(error, "errno", None) in self.numbers or names.intersection(self.classes):
            return True
        message = _reason(error).lower()
        return (not self.among or bool(names.intersection(self.among))) and any(each in message for each in self.words)


FAULTS = (
    Fault(
        expected="space on the disk of the store {store}",
        received="a full disk ({reason})",
        action="Free up some space on the machine of the database, and try again. Nothing done so far is lost.",
        words=("no space left on device", "could not extend file"),
        among=_DATABASE,
    ),
    Fault(
        expected="space on the disk of {path}",
        received="a full disk",
        action="Free up some space and try again. Nothing done so far is lost.",
        numbers=(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
        words=("no space left on device", "disk is full", "disk quota exceeded"),
    ),
    Fault(
        expected="enough memory on this machine",
        received="none left",
        action="Lower the batch size or the input size, or close other programs.",
        numbers=(errno.ENOMEM,),
        words=("unable to allocate", "bad_alloc", "cannot allocate memory", "out of memory"),
        classes=("MemoryError", "ResourceExhaustedError"),
    ),
    Fault(
        expected="the store {store} to be free",
        received="one that another program has locked",
        action="Try again in a moment. If it stays so, close the program that has it open.",
        words=("is locked", "deadlock detected", "lock timeout"),
        among=_DATABASE,
    ),
    Fault(
        expected="a sound store in {store}",
        received="a damaged one ({reason})",
        action="Put back a copy of the file, or move it away to begin with an empty list of runs. Datasets stay.",
        words=("malformed", "not a database", "file is encrypted", "no such table", "no such column"),
        among=_DATABASE,
    ),
    Fault(
        expected="permission to write to {store}",
        received="none ({reason})",
        action=f"Give yourself this permission, {_ANOTHER_HOME}.",
        words=("unable to open database file", "readonly database"),
        among=_DATABASE,
    ),
    Fault(
        expected="permission to write to the store {store}",
        received="none ({reason})",
        action="Ask who keeps the database for this permission, or name another one in TLCORE_STORE.",
        words=("in a read-only transaction", "permission denied", "must be owner of"),
        among=_DATABASE,
    ),
    Fault(
        expected="the tables of this program in the store {store}",
        received="others ({reason})",
        action="Bring back a copy of the database, or name an empty one in TLCORE_STORE.",
        classes=("UndefinedTable", "UndefinedColumn"),
    ),
    Fault(
        expected="an answer from the store {store}",
        received="none ({reason})",
        action="See that the database is running and reachable, and that TLCORE_STORE names it correctly.",
        classes=("OperationalError", "InterfaceError"),
        error=MissingError,
    ),
    Fault(
        expected="a complete installation",
        received="one without the Python package {package}",
        action="Install the requirements again: python -m pip install -r requirements.txt",
        classes=("ModuleNotFoundError",),
        error=MissingError,
    ),
    Fault(
        expected="permission to use {path}",
        received="none ({reason})",
        action=f"Give yourself this permission, {_ANOTHER_HOME}.",
        numbers=(errno.EACCES, errno.EPERM, errno.EROFS),
    ),
    Fault(
        expected="a folder where {path} is to be",
        received="a file",
        action=f"Move the file away, {_ANOTHER_HOME}.",
        numbers=(errno.ENOTDIR, errno.EEXIST),
    ),
    Fault(
        expected="what is kept in {path}",
        received="nothing there: it was removed while it was used",
        action="Try again, or resume the run: it is computed again.",
        words=(f"cache-{SCHEMA}",),
        among=("FileNotFoundError",),
    ),
    Fault(
        expected="{path}",
        received="nothing there",
        action="It was moved or deleted. Put it back, or begin again without it.",
        numbers=(errno.ENOENT,),
    ),
    Fault(
        expected="a disk that can be read and written at {path}",
        received="one that fails ({reason})",
        action="See that it is connected and sound.",
        numbers=(errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE),
        words=("disk i/o error",),
    ),
    Fault(
        expected="a name that the system accepts",
        received="{path} ({reason})",
        action="Choose a shorter or plainer name.",
        numbers=(errno.ENAMETOOLONG, errno.EILSEQ),
        error=InputError,
    ),
    Fault(
        expected="room for one more open file",
        received="as many open files as the system allows",
        action="Close other programs and try again.",
        numbers=(errno.EMFILE, errno.ENFILE),
    ),
    Fault(
        expected="an answer over the network",
        received="none ({reason})",
        action="Check the connection and try again.",
        classes=("ConnectionError", "TimeoutError", "URLError"),
        error=MissingError,
    ),
)


def explain(error: BaseException, log: Path | None = None) -> StudioError:
    """Turn any error into one of this project's.

    Args:
        error: whatever was raised.
        log: a file that holds its traceback already; without, that of an unknown error goes to a log of its own.

    Returns:
        The error itself if it is one of this project's. Otherwise what it, or an error that led to it, means where
        that is known; where not, one that says so and where the traceback is.
    """
    if isinstance(error, StudioError):
        return error
    for cause in _chain(error):
        for fault in FAULTS:
            if fault.explains(cause):
                logger.info("explained: %s", fault.received, exc_info=error)
                return _filled(fault, cause)
    what = ": ".join(filter(None, (type(error).__name__, _reason(error))))
    return StudioError("this to work", f"something unexpected ({what})", _where(error, log))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that led to it, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _filled(fault: Fault, error: BaseException) -> StudioError:
    module = (getattr(error, "name", None) or "").partition(".")[0]
    values = {
        "path": getattr(error, "filename", None) or settings().home,
        "store": _store(),
        "reason": getattr(error, "strerror", None) or _reason(error),
        "package": module,
    }
    return fault.error(*(text.format(**values) for text in (fault.expected, fault.received, fault.action)))


def _reason(error: BaseException) -> str:
    """The first line of a message; of SQLAlchemy's errors that of the driver, without statement and values."""
    message = str(getattr(error, "orig", None) or error).strip()
    return message.partition("\n")[0][:_MOST_LETTERS].removesuffix(".")


def _store() -> str:
    """The address of the store without name and password, wherever in it these stand."""
    if not settings().store:
        return str(settings().store_file)
    found = _ADDRESS.match(settings().store)
    return "".join(found.groups()) if found else "that TLCORE_STORE names"


def _where(error: BaseException, log: Path | None) -> str:
    """Say where the traceback is, and see to it that it is there."""
    file = log or settings().home / "logs" / "errors.log"
    if log is None:
        lines = "".join(traceback.format_exception(error))
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            is_long = file.exists() and file.stat().st_size > _MOST_LOG_BYTES
            with file.open("w" if is_long else "a", encoding="utf-8") as stream:
                stream.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n{lines}\n")
        except OSError:
            logger.error("an error whose log cannot be written", exc_info=error)
            return "The details could not be written to a log."
    return f"The details are in the log {file}."
