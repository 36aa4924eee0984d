"""Which images the runs get wrong, and why that might be: one view at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.compare.choice import choose_one
from pages.compare.mistakes.attention import offer_looking, show_attention, where_it_looked
from pages.compare.mistakes.confusion import show_confusions
from pages.compare.mistakes.photos import answer_text, offer_more, show_photos, shown_of
from pages.compare.sentence import show_sentence
from pages.ui.errors import errors_shown
from pages.ui.figure import save_rows
from pages.ui.photos import photo
from pages.ui.text import plain
from tlcore.comparison.class_scores import class_scores
from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.findings.conclusions import fair_choice, rank
from tlcore.comparison.findings.seen import hardest_class_sentence, one_answer_sentence
from tlcore.comparison.known import known_of
from tlcore.comparison.look_alikes import LookAlikes, look_alikes
from tlcore.comparison.mistakes import (
    disagreements,
    hardest,
    judges,
    prediction_rows,
    still_wrong,
    why_wrong,
)
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.figures.comparison.class_table import class_table_html
from tlcore.text import count_text, names_together

_STEP, _STEP_LOOKING = 20, 8  # where a run looked takes time to compute
_NAMED = 4  # so many runs are answered for one by one beneath a photo
_CARD, _WIDE_CARD = 212, 312  # pixels, without and with the picture of where a run looked
_ALIKE, _BESIDE = 72, 122  # pixels; a look-alike, and what its words leave to it, the gap and the edges of the card
_MEASURES = {
    "Recall": "Of the images that belong to a class, the share that is assigned to it.",
    "Precision": "Of the images assigned to a class, the share that belongs to it.",
    "F1": "Harmonic mean of precision and recall.",
}


def show_mistakes(compared: Sequence[ComparedRun]) -> None:
    """Draw the choice of views and the view chosen.

    Args:
        compared: at least one run.
    """
    views = {"Still wrong": _show_still_wrong, "Confused classes": show_confusions, "Class by class": _show_classes}
    if any(len(group) > 1 for group in groups(compared)):
        views["Two runs"] = _show_disagreements
    views["One run"] = _show_hardest
    chosen = st.segmented_control("View", list(views), default="Still wrong", label_visibility="collapsed")
    if chosen:
        with errors_shown():
            views[chosen](compared)


def _show_still_wrong(compared: Sequence[ComparedRun]) -> None:
    """The photos that the best run gets wrong, each with what the others say about it and what may be the reason."""
    group = max(groups(compared), key=len)
    runs = judges(group)
    best, answers = runs[0], [item.predictions() for item in runs]
    positions = still_wrong(answers[0])
    if not len(positions):
        st.write(f"{plain(best.title)} gets all {best.result.test.images:,} test images right.")
        return
    st.markdown(plain(_summary(runs, [item for item in group if item not in runs], len(positions))))
    looking = offer_looking(best)
    key, step = f"still-wrong-{best.run.id}", _STEP_LOOKING if looking else _STEP
    dataset, labels, indices = open_dataset(best.run.plan["dataset"]), answers[0].labels, answers[0].indices
    shown = positions[: shown_of(key, step)].tolist()
    alikes = look_alikes(best, [answers[0].mistake(position) for position in shown])
    known = known_of(best)
    if not (alikes and alikes.are_its_own):
        st.caption(f"No look-alikes from training are shown: {plain(best.title)} has kept no features.")
    with st.grid(min_column_width=_WIDE_CARD if looking else _CARD, gap="small", key=f"{key}-photos"):
        for position in shown:
            with st.container(border=True, height="stretch"):
                truth = best.classes[labels[position]]
                picture = where_it_looked(best, position) if looking else photo(dataset.id, int(indices[position]))
                st.image(picture, alt=f"A test image of {truth}", width="stretch")
                st.markdown("  \n".join([f"**{plain(truth)}**", *_said(runs, position)]))
                why = why_wrong(answers, position, best.classes)
                reasons = why[:1].upper() + why[1:], known.of(int(indices[position]))
                if any(reasons):
                    st.markdown(plain(" ".join(filter(None, reasons))))
                if alikes and alikes.are_its_own:
                    _show_look_alike(best, position, dataset, alikes, _WIDE_CARD if looking else _CARD)
    offer_more(key, len(positions), step)
    save_rows(
        lambda: [
            {
                "file": dataset.names[indices[position]],
                "true": best.classes[labels[position]],
                "runs that are wrong": sum(not record.right[position] for record in answers),
                **{item.title: best.classes[item.predictions().predicted[position]] for item in runs},
            }
            for position in positions.tolist()
        ],
        "mistakes",
        "mistakes-csv",
    )


def _show_look_alike(item: ComparedRun, position: int, dataset: Dataset, alikes: LookAlikes, card_width: int) -> None:
    """The training image of the class that a photo was taken for that is most like it to the network."""
    predictions = item.predictions()
    alike = alikes.images.get(int(predictions.indices[position]))
    if alike is None:
        return
    words = f"Looks like this {item.classes[predictions.predicted[position]]} it learned from"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(photo(dataset.id, alike), width=_ALIKE, alt=words)
        st.caption(plain(words), width=card_width - _BESIDE)


def _summary(runs: Sequence[ComparedRun], guessing: Sequence[ComparedRun], wrong: int) -> str:
    """How few photos the best run gets wrong, how the others do, and who is left out."""
    best, *others = runs
    said = f"{best.title} gets {wrong:,} of {best.result.test.images:,} test images wrong"
    tied = [item for item in others if item.result.test.correct == best.result.test.correct]
    if tied:
        as_few = tied[0].title if len(tied) == 1 else f"{len(tied)} other runs"
        said += f", as few as {as_few}."
    else:
        said += f", the fewest of all {len(runs) + len(guessing)} runs." if others or guessing else "."
    if others:
        shared = int((~np.any([item.predictions().right for item in runs], axis=0)).sum())
        which = "These are" if shared == wrong else f"{shared:,} of them {'is' if shared == 1 else 'are'}"
        where = f"with {others[0].title}, too" if len(others) == 1 else f"in all {len(runs)} runs"
        said += f" {which} wrong {where}." if shared else " Each of them is right in another run."
    if guessing:
        said += f" Left out, because no better than guessing: {names_together([item.title for item in guessing])}."
    return said


def _say_one_answer(items: Sequence[ComparedRun]) -> None:
    sentences = " ".join(filter(None, map(one_answer_sentence, items)))
    if sentences:
        st.caption(f":material/warning: {plain(sentences)}")


def _said(runs: Sequence[ComparedRun], position: int) -> list[str]:
    """What the runs say about a photo: each of a few, or how many of many are wrong."""
    if len(runs) > _NAMED:
        wrong = sum(not item.predictions().right[position] for item in runs)
        said = f":red[:material/close:] says {plain(answer_text(runs[0], position))}"
        return [said, f"wrong in {wrong} of {len(runs)} runs"]
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
    _say_one_answer([item])
    st.caption("Test images in order of their loss, starting with the most confident wrong answers.")

    def caption(position: int) -> str:
        truth = item.classes[predictions.labels[position]]
        return plain(f"{truth}: says {answer_text(item, position)}, loss {losses[position]:.2f}")

    show_photos(item, hardest(predictions), caption, f"hardest-{item.run.id}")
    save_rows(
        lambda: prediction_rows(predictions, item.classes, open_dataset(item.run.plan["dataset"]).names),
        f"predictions-{item.run.id}",
        "hardest-csv",
    )


def _show_disagreements(compared: Sequence[ComparedRun]) -> None:
    left, right = st.columns(2)
    ranked = rank([item for group in groups(compared) if len(group) > 1 for item in group])
    fair = rank(fair_choice(ranked))  # the best two of these come first: they are what a choice is between
    in_order = [*fair, *(item for item in ranked if item not in fair)]
    with left:
        one = choose_one(in_order, "Run", "one")
    partners = [item for item in in_order if item.tested_on == one.tested_on and item is not one]
    with right:
        other = choose_one(partners, "Compared with", f"another-{one.run.id}")
    # The better one's wins come first.
    first, second = sorted((one, other), key=lambda item: -item.result.test.correct)
    said, against = first.predictions(), second.predictions()
    chosen = disagreements(said, against)
    only_first, only_second = int((said.right & ~against.right).sum()), int((against.right & ~said.right).sum())
    _say_one_answer((first, second))
    st.markdown(
        f"On {count_text(only_first, 'image')}, **only {plain(first.title)}** is right; on {only_second:,}, **only "
        f"{plain(second.title)}**. They disagree on {len(chosen)} of {len(said.labels):,} test images."
    )

    def words(position: int) -> str:
        truth = first.classes[said.labels[position]]
        return "  \n".join([f"**{plain(truth)}**", *_said((first, second), position)])

    if st.toggle("Show where both looked", key="disagree-attention"):
        show_attention((first, second), chosen, [words(position) for position in chosen])
    else:
        show_photos(first, chosen, words, f"disagree-{first.run.id}-{second.run.id}")
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
    show_sentence(hardest_class_sentence(judges(max(groups(compared), key=len))[0]))
    measure = st.segmented_control("Measure", list(_MEASURES), default="Recall", label_visibility="collapsed")
    measure = measure or "Recall"
    st.caption(_MEASURES[measure])
    scores = {item: class_scores(item.predictions(), item.classes) for item in compared}
    for classes in dict.fromkeys(tuple(item.classes) for item in compared):
        rows_of = {item.title: rows for item, rows in scores.items() if tuple(item.classes) == classes}
        st.html(class_table_html(rows_of, measure if measure == "F1" else measure.lower()))
    rows = [{"run": item.title, **row} for item, rows_of_run in scores.items() for row in rows_of_run]
    save_rows(lambda: rows, "classes", "classes-csv")
