"""Modules of this project as lines of an exported program."""

from __future__ import annotations

import re
from importlib.resources import files

_OWN_ERROR = "from tlcore.errors import InputError"


def module_source(module: str) -> str:
    """Read a module's lines, and in place of what it imports from the zoo that module's lines.

    Args:
        module: a builder of a network, or another module that needs nothing else of this project.

    Returns:
        All but its docstring and the imports that stand at the head of the program.
    """
    # Read, not imported: the module may need Keras, and whoever writes the program need not have loaded it.
    package, _, name = module.rpartition(".")
    source = (files(package) / f"{name}.py").read_text("utf-8")
    body = source.split("from __future__ import annotations", 1)[1].replace(_OWN_ERROR, "InputError = ValueError")
    elsewhere = ("import keras", "from keras import layers", "import math", "import numpy as np")
    own = "\n".join(line for line in body.splitlines() if line not in elsewhere)
    return re.sub(
        r"^from (tlcore\.zoo\.\w+) import .*$", lambda found: module_source(found.group(1)), own, flags=re.MULTILINE
    )
