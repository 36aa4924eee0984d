"""A plan as a person wrote it into a file."""

from __future__ import annotations

import json
from pathlib import Path

from tlcore.errors import InputError


def read_plan_file(path: Path) -> object:
    """Read the fields of a plan.

    Args:
        path: of a JSON file.

    Returns:
        Plain values, for `tlcore.training.plans.plan.plan_from_json` to check.

    Raises:
        InputError: if there is no such file, or it is no JSON.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("a plan as a JSON file", f"{path}: {error}", "Check the file.") from None
