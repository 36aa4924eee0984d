"""The runs of a live experiment in words and pictures: how far each is, how well it does, what it gets wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pages.ui.jobs import queued_words
from pages.ui.photos import photo
from pages.ui.running.doing import doing
from pages.ui.running.headway import share_shown
from tlcore.datasets.dataset import Dataset
from tlcore.runs.run import FINISHED, QUEUED, Run
from tlcore.text import percent_text, probability_text
from tlcore.training.plans.plan import WARM_UP
from tlcore.training.results.result import TrainResult

_GRAY = "rgba(128, 128, 128, 0.25)"  # reads on light and on dark
_MUTED = "opacity: 0.7; font-size: 0.85rem"
_HEAD_ALONE = '<span style="white-space: nowrap">new head alone</span>'
_PHOTOS = 4  # of each run
_GRID = "grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr))"


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
    def is_head_alone(self) -> bool:
        """Whether that accuracy is of the new head on pretrained layers that are still to be trained."""
        return bool(self.epochs) and self.epochs[-1]["phase"] == WARM_UP

    @property
    def words(self) -> str:
        """What it is doing."""
        if self.run.state == FINISHED:
            result = TrainResult.from_json(self.run.result)
            score = percent_text(result.test.accuracy, result.test.images)
            return f"Done, {result.cost_seconds:,.0f} s of computing; test accuracy {score}"
        if self.run.state == QUEUED:
            return queued_words(self.run)
        return self.run.state.capitalize() if self.run.has_ended else doing(self.run).words


def runs_html(lives: Sequence[Live]) -> str:
    """Lay out the runs as a list.

    Args:
        lives: at least one.

    Returns:
        HTML: of each run its color, title and accuracy so far, and beneath a bar and what it is doing.
    """
    heading = f'<div style="text-align: right; {_MUTED}">Validation accuracy so far</div>'
    return heading + "".join(_run_html(live, share_shown(live.run)) for live in lives)


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
        f'<div style="display: flex; justify-content: space-between; gap: 1rem; {_MUTED}">'
        f"<span>{escape(live.words)}</span>{_HEAD_ALONE if live.is_head_alone else ''}</div></div>"
    )


def mistakes_html(live: Live, dataset: Dataset) -> str:
    """Lay out the validation photos on whose class a run is most wrong, as of its last report.

    Args:
        live: a run that has reported mistakes.
        dataset: its images.

    Returns:
        HTML.
    """
    assert live.mistakes is not None
    alone = ", new head alone" if live.is_head_alone else ""
    heading = (
        f'<div style="margin-bottom: 0.5rem">{_dot(live)} <b>{escape(live.title)}</b>, {live.accuracy} right{alone}'
        "</div>"
    )
    if not live.mistakes["photos"]:
        return f"{heading}<div>All validation photos are right so far.</div>"
    swallowing = live.mistakes.get("swallowing")
    if swallowing is not None:
        everything = "everything" if swallowing["share"] == 1 else "nearly everything"
        return f"{heading}<div>It calls {everything} <b>{escape(dataset.classes[swallowing['class']])}</b>.</div>"
    photos = "".join(_mistake(row, dataset) for row in live.mistakes["photos"][:_PHOTOS])
    return f'{heading}<div style="display: grid; {_GRID}; gap: 0.8rem">{photos}</div>'


def _mistake(row: dict, dataset: Dataset) -> str:
    true, said = escape(dataset.classes[row["true"]]), escape(dataset.classes[row["predicted"]])
    return (
        f'<figure style="margin: 0"><img src="{photo(dataset.id, row["image"])}" alt="{true}, taken for {said}" '
        'style="width: 100%; aspect-ratio: 1; border-radius: 0.5rem">'
        f'<figcaption style="font-size: 0.875rem; line-height: 1.3; overflow-wrap: anywhere">{true}, taken for '
        f'<b>{said}</b> <span style="white-space: nowrap">({probability_text(row["probability"])} sure)</span>'
        "</figcaption></figure>"
    )


def _dot(live: Live) -> str:
    return (
        f'<span style="display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 50%; '
        f'background: {live.color}"></span>'
    )
