"""The card of the embedded network as text to read: `python -m tlcore.embedded.card_text [--transfer FILE]`.

With `--transfer` the results of `python -m tlcore.embedded.transfer` are first put into the card.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tlcore.embedded.weights import CARD, FOLDER, Card, read_card
from tlcore.errors import InputError
from tlcore.files import write_json
from tlcore.training.strategies import STRATEGIES


def card_text(card: Card) -> str:
    """Write a card as Markdown.

    Args:
        card: of the shipped weights.

    Returns:
        What the network is, how good, how it was made, and what it is not.
    """
    stages = ", ".join(f"{epochs:g} at {pixels} pixels" for pixels, epochs in card.recipe["stages"])
    teacher = f" {card.teacher}: it learned to answer like that network, too." if card.teacher else ""
    top_1, top_5 = (f"{100 * share:.1f} %" for share in (card.held_out_top_1, card.held_out_top_5))
    paragraphs = [
        f"**{card.name}** knows {len(card.names)} everyday classes and works without network. "
        f"It has {card.parameters:,} parameters and sees a photo at {card.pixels} × {card.pixels} pixels.",
        f"**Accuracy**: {top_1} of photos named right, {top_5} among its five best guesses, measured on "
        f"{card.held_out}. That is among {len(card.names)} classes, so it cannot be compared with published ImageNet "
        "figures, which are among 1,000.",
        f"**Training**: {card.data}.{teacher} Passes over all photos: {stages}; {card.processor_hours:g} hours of one "
        "processor core.",
        "**What it is not**:\n" + "\n".join(f"- {sentence}" for sentence in card.limits),
    ]
    if card.transfer:
        count = card.transfer[0]["photos_per_class"]
        seeds = len(card.transfer[0]["accuracies"])
        paragraphs.append(
            f"**What it buys on few photos**: right answers on test photos after training on {count} photos a class, "
            f"mean and standard deviation over {seeds} random draws.\n\n{transfer_table(card.transfer)}"
        )
    paragraphs.append(f"**Its classes**: {', '.join(card.names)}.")
    return "\n\n".join(paragraphs)


def transfer_table(results: Sequence[Mapping]) -> str:
    """Write what was measured on few photos as a Markdown table.

    Args:
        results: plain values of `tlcore.embedded.transfer.Result`.

    Returns:
        A row for each dataset, a column for each strategy: mean and standard deviation in percent.
    """
    found = {(row["dataset"], row["strategy"]): row for row in results}
    strategies = [row for row in STRATEGIES if any(row.name == strategy for _, strategy in found)]
    lines = [f"| Photos | {' | '.join(row.title for row in strategies)} |", f"|---|{'---:|' * len(strategies)}"]
    for dataset in dict.fromkeys(row["dataset"] for row in results):
        rows = [found[dataset, strategy.name] for strategy in strategies]
        cells = [f"{100 * row['mean']:.1f} ± {100 * row['deviation']:.1f} %" for row in rows]
        lines.append(f"| {dataset} | {' | '.join(cells)} |")
    return "\n".join(lines)


def put_transfer(path: Path, folder: Path = FOLDER) -> Card:
    """Put results of a transfer measurement into the card.

    Args:
        path: JSON file that `tlcore.embedded.transfer --out` wrote with the weights that the card describes.
        folder: with the card.

    Returns:
        The new card.

    Raises:
        InputError: if the file is no such file, or was measured with other weights.
    """
    card = read_card(folder)
    try:
        measured = json.loads(path.read_text("utf-8"))
        digest, results = measured["digest"], measured["results"]
        transfer_table(results)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError("results of tlcore.embedded.transfer", f"{path}: {problem}", "Measure again.") from problem
    if digest != card.digest:
        raise InputError(f"results with weights {card.digest[:12]}…", f"{digest[:12]}…", "Measure with these weights.")
    write_json(folder / CARD, asdict(card) | {"transfer": results})
    read_card.cache_clear()
    return read_card(folder)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Show the card of the embedded network.")
    parser.add_argument("--transfer", type=Path, help="results of tlcore.embedded.transfer to put into the card")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder with weights.npz and card.json")
    arguments = parser.parse_args()
    card = put_transfer(arguments.transfer, arguments.folder) if arguments.transfer else read_card(arguments.folder)
    sys.stdout.write(card_text(card) + "\n")


if __name__ == "__main__":
    main()
