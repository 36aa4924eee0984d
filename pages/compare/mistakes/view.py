"""Which images the runs get wrong, and why that might be: one view at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.compare.choice import choose_one
from pages.compare.mistakes.attention import offer_looking, show_attention, where_it_looked
from pages.compare.mistakes.confusion import show_confusions
from pages.compare.mistakes.photos import answer_text, offer_more, show_photos, shown_of
from pages.ui.errors import errors_shown
from pages.ui.figure import save_rows
from pages.ui.photos import photo
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.findings.conclusions import rank
from tlcore.comparison.mistakes import (
    confused_pairs,
    disagreements,
    hardest,
    prediction_rows,
    shared_mistakes,
    why_wrong,
)
from tlcore.datasets.dataset import open_dataset
from tlcore.text import count_text, listed

_STEP = 8
_NAMED = 4  # so many runs are answered for one by one beneath a photo
_CARD, _WIDE_CARD = 212, 312  # pixels, without and with the picture of where a run looked
_PAIRS = 3


def show_mistakes(compared: Sequence[ComparedRun]) -> None:
    """Draw the choice of views and the view chosen.

    Args:
        compared: at least one run.
    """
    views = {"Still wrong": _show_shared, "What for what": show_confusions, "Classes": _show_classes}
    if any(len(group) > 1 for group in groups(compared)):
        views["Two runs"] = _show_disagreements
    views["One run"] = _show_hardest
    chosen = st.segmented_control("View", list(views), default="Still wrong", label_visibility="collapsed")
    if chosen:
        with errors_shown():
            views[chosen](compared)


def _show_shared(compared: Sequence[ComparedRun]) -> None:
    """The photos that most runs get wrong, the best run's answer first."""
    runs = rank(max(groups(compared), key=len))
    best, answers = runs[0], {item.title: item.predictions() for item in runs}
    positions, wrong = shared_mistakes(list(answers.values()))
    if not len(positions):
        st.write(f"None of the {best.result.test.images:,} test images is classified wrongly.")
        return
    st.markdown(plain(_summary(best, len(runs), wrong)))
    looking = offer_looking(best)
    key = f"shared-{best.run.id}"
    dataset, shown = open_dataset(best.run.plan["dataset"]), shown_of(key, _STEP)
    with st.container(horizontal=True, key=f"{key}-photos"):
        for position, number in zip(positions[:shown], wrong[:shown], strict=True):
            with st.container(border=True, width=_WIDE_CARD if looking else _CARD):
                truth = best.classes[answers[best.title].labels[position]]
                index = int(answers[best.title].indices[position])
                picture = where_it_looked(best, int(position)) if looking else photo(dataset.id, index)
                st.image(picture, alt=f"A test image of {truth}", width="stretch")
                lines = [f"**{plain(truth)}**", *_said(runs, int(position), int(number))]
                st.markdown("  \n".join(lines))
                st.caption(plain(why_wrong(answers, int(position), best.classes)))
    offer_more(key, len(positions), _STEP)
    save_rows(
        lambda: [
            {
                "file": dataset.names[answers[best.title].indices[position]],
                "true": best.classes[answers[best.title].labels[position]],
                "runs that are wrong": int(number),
                **{title: best.classes[record.predicted[position]] for title, record in answers.items()},
            }
            for position, number in zip(positions, wrong, strict=True)
        ],
        "mistakes",
        "mistakes-csv",
    )


def _summary(best: ComparedRun, runs: int, wrong: np.ndarray) -> str:
    """How many photos the best run gets wrong, and what it takes for what."""
    test = best.result.test
    taken = [
        f"{pair.photos} × {best.classes[pair.true]} taken for {best.classes[pair.predicted]}"
        for pair in confused_pairs(best.result.confusion)
    ]
    who = f"the best run on the validation images, {best.title}," if runs > 1 else best.title
    said = f"Of {test.images:,} test images, {who} gets {test.images - test.correct:,} wrong"
    everybody = int((wrong == runs).sum())
    shared = f" {everybody or 'None'} of them {'is' if everybody == 1 else 'are'} wrong in all {runs} runs."
    return f"{said}{': ' + listed(taken, _PAIRS) if taken else ''}.{shared if runs > 1 else ''}"


def _said(runs: Sequence[ComparedRun], position: int, wrong: int) -> list[str]:
    """What the runs say about a photo: each of a few, or how many of many are wrong."""
    if len(runs) > _NAMED:
        best = plain(answer_text(runs[0], position))
        return [f":red[:material/close:] wrong in {wrong} of {len(runs)} runs", f"the best run says {best}"]
    strategies = [item.strategy.title for item in runs]
    names = strategies if len(set(strategies)) == len(runs) else [item.title for item in runs]
    return [
        f"{':green[:material/check:]' if item.predictions().right[position] else ':red[:material/close:]'} "
        f"{plain(name)}: {plain(answer_text(item, position))}"
        for name, item in zip(names, runs, strict=True)
    ]


def _show_hardest(compared: Sequence[ComparedRun]) -> None:
    item = choose_one(compared, "Run", "hardest-run")
    predictions = item.predictions()
    losses = predictions.losses()
    st.caption("Test images in order of their loss, starting with the most confident wrong answers.")

    def caption(position: int) -> str:
        truth = item.classes[predictions.labels[position]]
        return f"{truth}: says {answer_text(item, position)}, loss {losses[position]:.2f}"

    show_photos(item, hardest(predictions), caption, f"hardest-{item.run.id}")
    save_rows(
        lambda: prediction_rows(predictions, item.classes, open_dataset(item.run.plan["dataset"]).names),
        f"predictions-{item.run.id}",
        "hardest-csv",
    )


def _show_disagreements(compared: Sequence[ComparedRun]) -> None:
    left, right = st.columns(2)
    ranked = rank([item for group in groups(compared) if len(group) > 1 for item in group])
    with left:
        one = choose_one(ranked, "Run", "one")
    partners = [item for item in reversed(ranked) if item.tested_on == one.tested_on and item is not one]
    with right:
        other = choose_one(partners, "Held against", f"another-{one.run.id}")
    # The better one's wins come first.
    first, second = sorted((one, other), key=lambda item: -item.result.test.correct)
    said, against = first.predictions(), second.predictions()
    chosen = disagreements(said, against)
    only_first, only_second = int((said.right & ~against.right).sum()), int((against.right & ~said.right).sum())
    st.markdown(
        f"On {count_text(only_first, 'image')}, **only {plain(first.title)}** is right; on {only_second:,}, **only "
        f"{plain(second.title)}**. They disagree on {len(chosen)} of {len(said.labels):,} test images."
    )

    def caption(position: int) -> str:
        truth = first.classes[said.labels[position]]
        return (
            f"{truth}. {first.title}: {answer_text(first, position)}. {second.title}: {answer_text(second, position)}"
        )

    if st.toggle("Show where both looked", key="disagree-attention"):
        show_attention((first, second), chosen, [caption(position) for position in chosen])
    else:
        show_photos(first, chosen, caption, f"disagree-{first.run.id}-{second.run.id}")
    names = open_dataset(first.run.plan["dataset"]).names
    save_rows(
        lambda: [
            {
                "file": names[said.indices[position]],
                "true": first.classes[said.labels[position]],
                first.title: first.classes[said.predicted[position]],
                second.title: second.classes[against.predicted[position]],
            }
            for position in chosen
        ],
        f"disagreements-{first.run.id}-{second.run.id}",
        "disagreements-csv",
    )


def _show_classes(compared: Sequence[ComparedRun]) -> None:
    # scikit-learn takes a second to import, which a reader who does not look here need not wait for.
    from tlcore.comparison.class_scores import class_scores
    from tlcore.comparison.tables import titled

    rows = [{"run": item.title, **row} for item in compared for row in class_scores(item.predictions(), item.classes)]
    bars = {
        name: st.column_config.ProgressColumn(help=help, format="percent", min_value=0, max_value=1)
        for name, help in (
            ("Precision", "Of the images assigned to this class, the share that belongs to it."),
            ("Recall", "Of the images that belong to this class, the share that is assigned to it."),
            ("F1", "Harmonic mean of precision and recall."),
        )
    }
    st.dataframe(titled(rows), hide_index=True, column_config=bars)
    save_rows(lambda: rows, "classes", "classes-csv")
