"""A closer look: single photos, disagreements, classes, calibration, thresholds. One view at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.compare.attention import show_attention
from pages.compare.changes import show_changes
from pages.compare.choice import choose_one
from pages.compare.photos import answer_text, show_photos
from pages.ui.errors import errors_shown
from pages.ui.figure import save_rows, show_figure
from tlcore.comparison.calibration import calibration_rows
from tlcore.comparison.changes import can_change
from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.mistakes import disagreements, hardest, prediction_rows
from tlcore.comparison.tables import titled
from tlcore.datasets.dataset import open_dataset
from tlcore.figures.calibration import calibration_figure


@st.fragment
@errors_shown()
def show_closer(compared: Sequence[ComparedRun]) -> None:
    """Draw the choice of views and the view chosen.

    Args:
        compared: at least one run.
    """
    st.subheader("A closer look")
    views = {"Hardest images": _show_hardest, "Classes": _show_classes, "Calibration": _show_calibration}
    if any(len(group) > 1 for group in groups(compared)):
        views["Where two runs disagree"] = _show_disagreements
    if any(can_change(item.run) for item in compared):
        views["What training changed"] = show_changes
    if any(len(item.classes) == 2 for item in compared):
        views["Threshold"] = _show_threshold
    chosen = st.segmented_control("View", list(views), default="Hardest images", label_visibility="collapsed")
    if chosen:
        with errors_shown():
            views[chosen](compared)


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
    with left:
        first = choose_one([item for group in groups(compared) if len(group) > 1 for item in group], "First run", "one")
    partners = [item for item in compared if item.tested_on == first.tested_on and item is not first]
    with right:
        second = choose_one(partners, "Second run", f"another-{first.run.id}")
    one, other = first.predictions(), second.predictions()
    chosen = disagreements(one, other)
    only_first = int((one.right & ~other.right).sum())
    only_second = int((other.right & ~one.right).sum())
    st.write(
        f"They disagree on {len(chosen)} of {len(one.labels)} test images: only the first is right on {only_first}, "
        f"only the second on {only_second}."
    )

    def caption(position: int) -> str:
        truth = first.classes[one.labels[position]]
        return f"{truth}: the first says {answer_text(first, position)}, the second {answer_text(second, position)}"

    if st.toggle("Show where both looked", key="disagree-attention"):
        show_attention((first, second), chosen, [caption(position) for position in chosen])
    else:
        show_photos(first, chosen, caption, f"disagree-{first.run.id}-{second.run.id}")
    names = open_dataset(first.run.plan["dataset"]).names
    save_rows(
        lambda: [
            {
                "file": names[one.indices[position]],
                "true": first.classes[one.labels[position]],
                first.title: first.classes[one.predicted[position]],
                second.title: second.classes[other.predicted[position]],
            }
            for position in chosen
        ],
        f"disagreements-{first.run.id}-{second.run.id}",
        "disagreements-csv",
    )


def _show_classes(compared: Sequence[ComparedRun]) -> None:
    # Here and below: scikit-learn takes a second to import, which a reader who does not look here need not wait for.
    from tlcore.comparison.class_scores import class_scores

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


def _show_calibration(compared: Sequence[ComparedRun]) -> None:
    st.caption(
        "On the dashed line, a network is right as often as its confidence promises; below, it is too sure of itself. "
        "The bars are 95 % confidence intervals; the fewer the images, the longer the bars. The second number in "
        "parentheses is how far off a perfectly calibrated network would be by chance on this many images."
    )
    show_figure(
        calibration_figure(compared),
        lambda: [{"run": item.title, **row} for item in compared for row in calibration_rows(item.predictions())],
        "calibration",
        key="calibration",
        alt="How often each run is right, against how sure it is.",
    )


def _show_threshold(compared: Sequence[ComparedRun]) -> None:
    from tlcore.comparison.threshold import KINDS, threshold_row
    from tlcore.figures.threshold import threshold_figure

    compared = [item for item in compared if len(item.classes) == 2 and item.classes == compared[0].classes]
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    classes = compared[0].classes
    positive = left.selectbox("Class to find", [1, 0], format_func=lambda number: classes[number])
    threshold = right.slider("Predict it at this probability or higher", 0.01, 0.99, 0.5, 0.01)
    rows = [
        {"run": item.title, "part": part.capitalize(), **threshold_row(item.predictions(part), positive, threshold)}
        for item in compared
        for part in ("validation", "test")
    ]
    percent = {
        name: st.column_config.NumberColumn(format="percent") for name in ("Accuracy", "Precision", "Recall", "F1")
    }
    st.dataframe(titled(rows), hide_index=True, column_config=percent)
    parts = {"validation": "Validation images (to choose)", "test": "Test images (to judge)"}
    part = (
        st.segmented_control("Curves for", list(parts), format_func=parts.__getitem__, default="validation")
        or "validation"
    )
    st.caption("A threshold chosen on the test images looks better on them than it really is.")
    for column, kind in zip(st.columns(2), KINDS, strict=True):
        with column:
            st.markdown(f"**{KINDS[kind]}** on the {part} images")
            show_figure(
                threshold_figure(compared, positive, threshold, kind, part),
                partial(_curve_rows, compared, positive, kind, part),
                f"{kind}-{classes[positive]}",
                key=f"threshold-{kind}",
                alt=f"{KINDS[kind]} for {classes[positive]}, one line per run.",
            )


def _curve_rows(compared: Sequence[ComparedRun], positive: int, kind: str, part: str) -> list[dict]:
    from tlcore.comparison.threshold import curve_rows

    return [
        {"run": item.title, **row} for item in compared for row in curve_rows(item.predictions(part), positive, kind)
    ]
