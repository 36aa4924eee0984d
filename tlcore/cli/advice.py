"""Commands that measure pictures and say what comes of them: `advise`, `best` and `teach`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from click import argument, option

from tlcore.cli.answer import Answer
from tlcore.cli.parameters import FILE, dataset_argument
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError
from tlcore.runs.client import submit
from tlcore.training.advice.advisor import advice_title, advise, advised_values
from tlcore.training.advice.likeness import Likeness


@program.command("advise")
@dataset_argument
def _advise(dataset: str) -> Answer:
    """Measure a dataset and say what to train."""
    opened = open_dataset(dataset)
    result = wait_and_show(submit("advise", {"dataset": opened.id}, f"Advice for {opened.name}").id).result
    likeness = Likeness.from_json(result["likeness"])
    advice = advise(likeness)
    values = advised_values(likeness, advice)
    fields = " ".join(f"--set {name}={_text(value)}" for name, value in values.items() if name != "strategy")
    lines = [
        f"{advice_title(advice)}.",
        *advice.reasons,
        f"Take it: python -m tlcore train --dataset {opened.id} --strategy {advice.strategy} {fields}",
    ]
    if advice.experiment:
        what = f"experiment {advice.experiment} --dataset {opened.id} --backbone {likeness.network}"
        lines.append(f"Try both: python -m tlcore {what}")
    return Answer({**result, "advice": asdict(advice), "values": values}, "\n".join(lines))


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _usual_seconds() -> float:
    from tlcore.training.advice.search import SECONDS

    return SECONDS


@program.command("best")
@dataset_argument
@option("--seconds", type=float, default=_usual_seconds, help="How long to try; a minute if not given.")
def _best(dataset: str, seconds: float) -> Answer:
    """Find the best backbone, size and cut for a dataset."""
    # Plotly, SciPy and scikit-learn take seconds to import.
    from tlcore.figures.search import search_table
    from tlcore.training.advice.search import Trial, choice, verdict

    if not seconds > 0:
        raise InputError("more than 0 seconds", f"{seconds:g}", "Give --seconds 60, for instance.")
    opened = open_dataset(dataset)
    request = {"dataset": opened.id, "seconds": seconds}
    result = wait_and_show(submit("search", request, f"Best for {opened.name}").id).result
    trials = [Trial(**values) for values in result["trials"]]
    chosen = choice(trials)
    fields = " ".join(f"--set {name}={getattr(chosen, name)}" for name in ("backbone", "input_size", "cut_layer"))
    rows = [", ".join(f"{name} {value}" for name, value in row.items() if value) for row in search_table(trials)]
    take = f"Take it: python -m tlcore train --dataset {opened.id} --strategy frozen {fields}"
    return Answer({**result, "choice": chosen.to_json()}, "\n".join([verdict(trials), *rows, take]))


@program.command("teach")
@argument("folder", type=FILE, metavar="FOLDER", help="A folder or zip file of CLASS/PHOTO and CLASS/RECORDING/FRAME.")
@option("--ask", "images", multiple=True, type=FILE, metavar="IMAGE", help="A photo to answer; may be repeated.")
def _teach(folder: Path, images: Sequence[Path]) -> Answer:
    """Teach classes of photos or recordings at once, and say how often new ones are right."""
    # SciPy and scikit-learn take seconds to import.
    from tlcore.images.decode import decode_image, read_bytes
    from tlcore.inference.classifier import classify
    from tlcore.teaching.folder import read_examples
    from tlcore.teaching.head import backbone, network_of, solve
    from tlcore.teaching.held_out import held_out
    from tlcore.teaching.words import WHY, alike_text, figure_text

    base = backbone()
    examples, refused = read_examples(folder, base)
    found = held_out(examples)
    lines = [f"{len(examples.labels):,} pictures of {', '.join(examples.classes)}.", *refused]
    if found:
        lines.append(f"Right on recordings it had not seen: {figure_text(found)}. {alike_text(found.alike)}".rstrip())
    else:
        lines.append(f"How often it is right is not known: each class needs a second recording. {WHY}")
    network = network_of(base, solve(examples.features, examples.labels, len(examples.classes)), examples.classes)
    answers = {}
    for image in images:
        [result] = classify(network, [decode_image(read_bytes(image), image.name)], top=len(examples.classes))
        answers[str(image)] = [{"name": guess.name, "probability": guess.probability} for guess in result.guesses]
        lines.append(f"{image}: {', '.join(map(str, result.guesses))}")
    values = {"classes": list(examples.classes), "pictures": len(examples.labels), "refused": refused}
    return Answer({**values, "held_out": asdict(found) if found else None, "answers": answers}, "\n".join(lines))
