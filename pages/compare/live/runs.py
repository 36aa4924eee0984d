"""The runs of a live experiment in words and pictures: how far each is, how well it does, what it gets wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pages.ui.jobs import doing_words
from pages.ui.photos import photo
from tlcore.datasets.dataset import Dataset
from tlcore.runs.run import EVALUATING, FINISHED, QUEUED, Run
from tlcore.runs.time_left import Headway
from tlcore.text import percent_text
from tlcore.training.results.result import TrainResult

_GRAY = "rgba(128, 128, 128, 0.25)"  # reads on light and on dark
_MUTED = "opacity: 0.7; font-size: 0.85rem"
_PHOTO = 88  # pixels


@dataclass(frozen=True)
class Live:
    """A run of an experiment that goes on.

    Args:
        run: the run.
        title: what it is called here; no other run has the same title.
        color: of its curve.
        epochs: what it has reported, as `tlcore.runs.client.curve` gives them.
        mistakes: what it has said last about its worst mistakes; None if it has not.
    """

    run: Run
    title: str
    color: str
    epochs: Sequence[dict]
    mistakes: dict | None

    @property
    def accuracy(self) -> str:
        """On the validation images so far, such as "66 %"; "–" before the first epoch."""
        if not self.epochs:
            return "–"
        images = TrainResult.from_json(self.run.result).scores["validation"].images if self.run.result else 0
        return percent_text(self.epochs[-1]["validation_accuracy"], images)

    @property
    def words(self) -> str:
        """What it is doing."""
        run, progress = self.run, self.run.progress
        if run.state == FINISHED:
            result = TrainResult.from_json(run.result)
            score = percent_text(result.test.accuracy, result.test.images)
            return f"done, {result.cost_seconds:,.0f} s of computing; test {score}"
        if run.state == QUEUED or run.has_ended:
            return "waits" if run.state == QUEUED else run.state
        if progress is None or run.state == EVALUATING:
            return "starting" if progress is None else "being tested on images it has never seen"
        return doing_words(run, progress)


def runs_html(lives: Sequence[Live], headway: Headway) -> str:
    """Lay out the runs as a list.

    Args:
        lives: at least one.
        headway: how much is done of each.

    Returns:
        HTML: of each run its color, title and accuracy so far, and beneath a bar and what it is doing.
    """
    heading = f'<div style="text-align: right; {_MUTED}">Accuracy so far</div>'
    return heading + "".join(_run_html(live, headway.share(live.run)) for live in lives)


def _run_html(live: Live, share: float) -> str:
    waits = "opacity: 0.6;" if live.run.state == QUEUED else ""
    return (
        f'<div style="margin-bottom: 0.8rem; {waits}">'
        f'<div style="display: flex; align-items: baseline; gap: 0.5rem">{_dot(live)}'
        f'<b style="flex: 1">{escape(live.title)}</b>'
        f'<span style="font-size: 1.35rem; font-weight: 650">{live.accuracy}</span></div>'
        f'<div style="height: 4px; border-radius: 2px; background: {_GRAY}; margin: 0.2rem 0">'
        f'<div style="height: 4px; border-radius: 2px; background: {live.color}; '
        f'width: {100 * share:.0f}%"></div></div>'
        f'<div style="{_MUTED}">{escape(live.words)}</div></div>'
    )


def mistakes_html(live: Live, dataset: Dataset) -> str:
    """Lay out the validation images on whose class a run is most wrong, as of its last report.

    Args:
        live: a run that has reported mistakes.
        dataset: its images.

    Returns:
        HTML.
    """
    assert live.mistakes is not None
    heading = (
        f'<div style="margin-bottom: 0.4rem">{_dot(live)} <b>{escape(live.title)}</b>, {live.accuracy} right</div>'
    )
    if not live.mistakes["photos"]:
        return f"{heading}<div>Every validation image is classified correctly.</div>"
    swallowing = live.mistakes.get("swallowing")
    if swallowing is not None:
        everything = "everything" if swallowing["share"] == 1 else "nearly everything"
        return f"{heading}<div>It calls {everything} <b>{escape(dataset.classes[swallowing['class']])}</b>.</div>"
    photos = "".join(_mistake(row, dataset) for row in live.mistakes["photos"])
    return f'{heading}<div style="display: flex; flex-wrap: wrap; gap: 0.6rem">{photos}</div>'


def _mistake(row: dict, dataset: Dataset) -> str:
    true, said = escape(dataset.classes[row["true"]]), escape(dataset.classes[row["predicted"]])
    return (
        f'<figure style="margin: 0; width: {_PHOTO}px"><img src="{photo(dataset.id, row["image"])}" width="{_PHOTO}" '
        f'height="{_PHOTO}" alt="{true}, mistaken for {said}" style="border-radius: 0.4rem">'
        f'<figcaption style="font-size: 0.8rem; line-height: 1.2; overflow-wrap: anywhere">{true}, said '
        f"<b>{said}</b> ({100 * row['probability']:.0f} %)</figcaption></figure>"
    )


def _dot(live: Live) -> str:
    return (
        f'<span style="display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 50%; '
        f'background: {live.color}"></span>'
    )
