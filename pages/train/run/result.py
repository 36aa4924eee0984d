"""What a finished run came to: the lesson and a trial first, then its mistakes, and the details in tabs."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.train.run.again import again_button
from pages.train.run.confusion import show_confusion
from pages.train.run.epochs import show_epochs
from pages.train.run.mistakes import show_test_mistakes
from pages.train.run.share import show_share
from pages.train.run.take_away import show_take_away
from pages.train.run.tools import show_tools
from pages.train.run.try_it import show_trial
from pages.train.run.verification import show_verification
from pages.ui.errors import errors_shown
from pages.ui.jobs import duration_text
from pages.ui.launcher import ADDRESS
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, load_compared, suggest
from tlcore.comparison.findings.strategies import guessing
from tlcore.comparison.statistics import parts_differ, wilson_interval
from tlcore.datasets.parts import PART_TITLES
from tlcore.inference.networks.prepared import PREPARED, is_folder_prepared, load_prepared
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.text import percent_text
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.plans.words import course_sentence, settings_in_force
from tlcore.training.results.result import TrainResult

_ROWS = """<style>
.shares {display: grid; grid-template-columns: max-content 1fr max-content; gap: .3rem .7rem; align-items: center}
.shares .axis {position: relative; height: 1.1rem}
.shares .axis::before {content: ""; position: absolute; inset: 50% 0 auto 0; border-top: 1px solid
  color-mix(in srgb, currentColor 25%, transparent)}
.shares .range {position: absolute; top: 0; height: 100%; box-sizing: border-box; min-width: 6px;
  border: solid; border-width: 0 2px; background: color-mix(in srgb, currentColor 25%, transparent)}
.shares .dot {position: absolute; top: 50%; width: .5rem; height: .5rem; border-radius: 50%;
  transform: translate(-50%, -50%)}
.shares .guess {position: absolute; inset: -.2rem auto -.2rem auto; border-left: 2px dashed
  color-mix(in srgb, currentColor 55%, transparent); transform: translateX(-1px)}
.shares .above {position: relative; height: 1.2rem; font-size: .8rem; line-height: 1.2rem}
.shares .above span {position: absolute; white-space: nowrap}
.shares .ends {display: flex; justify-content: space-between; font-size: .75rem; opacity: .7; line-height: 1}
.big {font-family: "Source Serif", "Source Serif Pro", serif; font-weight: 650; font-size: 4rem; line-height: 1}
</style>"""
_ROW = (
    '<div>{part}</div><div class="axis" title="95 % interval: {range}">'
    '<div class="range" style="left:{low:.1f}%;width:{width:.1f}%;color:{color}"></div>'
    '<div class="guess" style="left:{guess:.1f}%"></div>'
    '<div class="dot" style="left:{share:.1f}%;background:{color}"></div></div>'
    "<div><b>{percent}</b> of {images:,}</div>"
)
_GUESSING = (  # its middle over the line, but never beyond an end
    '<div></div><div class="above"><span style="left:{guess:.1f}%;transform:translateX(-{guess:.0f}%)" '
    'title="Always naming the largest class">{words}</span></div><div></div>'
)
_ENDS = '<div></div><div class="ends" aria-hidden="true"><span>0 %</span><span>50 %</span><span>100 %</span></div>'


def show_result(run: Run, show_curves: Callable[[], None]) -> None:
    """Draw the result of a run.

    Args:
        run: a finished training run.
        show_curves: draws its learning curves.
    """
    [item] = load_compared([run.id])
    network = load_prepared(run.folder / PREPARED) if is_folder_prepared(run.folder / PREPARED) else None
    lesson, trial = st.columns(2, gap="large")
    with lesson:
        _show_lesson(item)
    with trial, errors_shown():
        show_trial(item, network, partial(_stay, run.id))
    tabs: dict[str, Callable[[], None]] = {
        "Mistakes": partial(show_test_mistakes, item, network),
        "Curves": show_curves,
        "Through training": partial(show_epochs, run),
        "Confusion": partial(show_confusion, item, network),
        "Details": partial(_show_details, item),
        "Take away": partial(show_take_away, item, partial(_stay, run.id)),
        "Edit": partial(show_tools, run),
    }
    # Only the open one is drawn.
    for tab, show in zip(st.tabs(list(tabs), key=f"result-{run.id}", on_change="rerun"), tabs.values(), strict=True):
        if tab.open:
            with tab, errors_shown():
                show()


def _stay(run_id: str) -> None:
    st.query_params["run"] = run_id


def _show_lesson(item: ComparedRun) -> None:
    result, color = item.result, item.strategy.color
    test = result.test
    low, high = wilson_interval(test.correct, test.images)
    tone = f"color-mix(in srgb, {color} 80%, currentColor)"  # in dark a little lighter
    st.html(f'{_ROWS}<div class="big" style="color:{tone}">{percent_text(test.accuracy, test.images)}</div>')
    st.markdown(
        f"**{test.correct:,} of {test.images:,} test images are classified correctly**, none of which it "
        f"was trained on. On other images of this kind, expect {_range(low, high)}."
    )
    st.html(_shares(result, guessing(item), color))
    st.caption(
        f"{_why_they_differ(item)} Bars are 95 % confidence intervals; guessing names the largest class every time."
    )
    trained = f"{result.trainable:,} of {result.trainable + result.frozen:,} parameters trained"
    st.caption(
        f"{item.strategy.title} · {trained} · {result.effort} · {duration_text(result.cost_seconds)} of computing"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        again_button(item.run)
        show_share(item.run)
        st.page_link(
            "compare/page.py",
            label="Compare",
            icon=":material/compare_arrows:",
            query_params=_compared_with(item.run),
        )


def _compared_with(run: Run) -> dict[str, str | list[str]]:
    """The address of the experiment of a run; for one on its own, of the newest runs on its images by each strategy."""
    if run.experiment:
        return {ADDRESS: run.experiment}
    others = open_store().runs(kind="train", states=[FINISHED])
    return {"runs": suggest([run, *(other for other in others if other.id != run.id)])}


def _range(low: float, high: float) -> str:
    return f"{100 * low:.0f} to {100 * high:.0f} %"


def _shares(result: TrainResult, guess: float, color: str) -> str:
    """The share of right answers in each part, with its interval, and that of guessing, on one axis."""
    ranges = {part: wilson_interval(score.correct, score.images) for part, score in result.scores.items()}
    rows = "".join(
        _ROW.format(
            part=PART_TITLES[part],
            range=_range(*ranges[part]),
            low=100 * ranges[part][0],
            width=100 * (ranges[part][1] - ranges[part][0]),
            share=100 * result.scores[part].accuracy,
            percent=percent_text(result.scores[part].accuracy, result.scores[part].images),
            images=result.scores[part].images,
            guess=100 * guess,
            color=color,
        )
        for part in ("test", "validation", "train")
    )
    above = _GUESSING.format(guess=100 * guess, words=f"guessing: {percent_text(guess, result.test.images)}")
    return f'<div class="shares" role="table" aria-label="Share of right answers by part">{above}{rows}{_ENDS}</div>'


def _why_they_differ(item: ComparedRun) -> str:
    """Why validation and test figures are two things."""
    result, stops = item.result, item.run.plan.get("early_stopping")
    chose = [
        *(["how strong the head's penalty is"] if result.solver else []),
        *(["when to stop"] if stops else []),
    ]
    validation, test = result.scores["validation"], result.test
    if chose:
        above = validation.accuracy > test.accuracy
        flatters = ", which may flatter their share" if above else ""
        said = f"The validation images chose {' and '.join(chose)}{flatters}."
    else:
        said = "The validation images were watched all along; tuning plans by them would flatter their share."
    gap = parts_differ(validation, test, ("validation", "test"))
    return f"{said} The test images never trained it, and nothing was chosen by them. {gap}"


def _spared(result: TrainResult) -> str:
    """What a run took thanks to what it found; "" where it took longer all the same, as on a busy machine."""
    if result.seconds >= result.cost_seconds:
        return ""
    return f" So it took {result.seconds:.0f} s instead of {result.cost_seconds:.0f} s."


def _show_details(item: ComparedRun) -> None:
    result = item.result
    left, right = st.columns(2, gap="large")
    with left:
        rows = [
            {
                "Part": PART_TITLES[part],
                "Accuracy": 100 * score.accuracy,
                "Loss": score.loss,
                "Images": score.images,
            }
            for part, score in result.scores.items()
        ]
        number = st.column_config.NumberColumn
        st.dataframe(
            rows,
            hide_index=True,
            column_config={"Accuracy": number(format="%.1f %%"), "Loss": number(format="%.4f")},
        )
        if result.reused.sentence:
            st.caption(f"{plain(result.reused.sentence)}{_spared(result)}")
        if result.split_words:
            st.caption(plain(result.split_words))
        if result.solver:
            st.caption(
                f"The head was solved exactly in {result.solver.passes} passes; its penalty on large weights "
                f"(C = {result.solver.strength:g}; smaller is stronger) was chosen on images it was not fitted to."
            )
        show_verification(item.run)
    with right:
        plan = plan_from_json(item.run.plan)
        st.markdown("**The settings in force**")
        st.write(course_sentence(plan))
        rows = [{"Setting": title, "Value": value} for title, value in settings_in_force(plan)]
        st.dataframe(rows, hide_index=True, height=min(420, 35 * len(rows) + 38))
        st.download_button(
            "Whole plan as JSON",
            json.dumps(item.run.plan, indent=2, ensure_ascii=False),
            f"plan-{item.run.id}.json",
            "application/json",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help="It can be run again with `python -m tlcore train --plan FILE`.",
        )
