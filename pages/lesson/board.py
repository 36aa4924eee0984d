"""The wall and the leaderboard of a lesson, side by side as tabs; one reading serves everybody who watches."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from pages.lesson.tiles import wall_html
from pages.ui.errors import errors_shown
from tlcore.comparison.statistics import accuracy_text
from tlcore.lessons import book
from tlcore.lessons.leaderboard import HOW, WHAT_A_RANK_MEANS, Row, leaderboard
from tlcore.lessons.lesson import Lesson
from tlcore.lessons.wall import Wall
from tlcore.settings import settings
from tlcore.text import count_text, number_text

_STYLE = Path(__file__).with_suffix(".css")
WALL, LEADERBOARD = "Wall", "Leaderboard"


def show_board(lesson: Lesson, number: int | None = None) -> None:
    """Draw both, which refresh by themselves.

    Args:
        lesson: the lesson.
        number: of the pupil who looks, whose row is marked; None for nobody.
    """
    st.html(_STYLE)
    wall, ranking = st.tabs([WALL, LEADERBOARD], key="board", on_change="rerun")
    if wall.open:
        with wall:
            _show_wall(lesson.id)
    if ranking.open:
        with ranking:
            _show_leaderboard(lesson.id, number)


@st.fragment(run_every=1.0)
@errors_shown()
def _show_wall(lesson: str) -> None:
    tiles = _wall(lesson, settings().store_address).look().tiles
    if tiles:
        st.html(wall_html(tiles))
        st.caption("Curves and figures: validation accuracy, from 0 to 100 %.")
    else:
        st.caption("Nobody has joined yet.")


@st.cache_resource(max_entries=50, show_spinner=False)
def _wall(lesson: str, address: str) -> Wall:
    """One for everybody who watches; the address of the store keeps those of several apart."""
    return Wall(lesson)


@st.fragment(run_every=2.0)
@errors_shown()
def _show_leaderboard(lesson: str, number: int | None) -> None:
    record, rows = _ranking(lesson, settings().store_address)
    if not rows:
        st.caption("No run has finished yet.")
        return
    st.html(leaderboard_html(rows, record, number))
    st.caption(f"{_tested_on(record, rows)} {HOW}")
    if record.has_hidden_test:
        st.caption(f"{WHAT_A_RANK_MEANS} Seconds are those that a run takes where nothing is computed beforehand.")


@st.cache_data(ttl=1.5, max_entries=50, show_spinner=False)
def _ranking(lesson: str, address: str) -> tuple[Lesson, list[Row]]:
    """One reading for everybody who watches; the address of the store keeps those of several apart."""
    record = book.find(lesson)
    return record, leaderboard(record)


def _tested_on(lesson: Lesson, rows: Sequence[Row]) -> str:
    if lesson.has_hidden_test:
        return f"Tested on {count_text(rows[0].score.images, 'image')} that nobody here has seen."
    return "Everybody has tested on their own images, so there are no ranks: one set may be harder than another."


def leaderboard_html(rows: Sequence[Row], lesson: Lesson, number: int | None) -> str:
    """Lay the leaderboard out as a table.

    Args:
        rows: the best first.
        lesson: says whether names are shown, and whether there are ranks.
        number: of the pupil whose row is marked; None for nobody.
    """
    places = [row.rank for row in rows]
    head = ["Rank"] if lesson.has_hidden_test else []
    cells = "".join(f"<th>{title}</th>" for title in ("Accuracy", "Numbers trained", "Seconds", "Runs"))
    first = "".join(f'<th class="left">{title}</th>' for title in (*head, "Who"))
    lines = [_line(row, lesson, places.count(row.rank) > 1, row.pupil.number == number) for row in rows]
    body = "".join(lines)
    return f'<div class="board-frame"><table class="board"><tr>{first}{cells}</tr>{body}</table></div>'


def _line(row: Row, lesson: Lesson, is_tied: bool, is_me: bool) -> str:
    rank = f'<td class="left">{row.rank}{" <small>tied</small>" if is_tied else ""}</td>' if row.rank else ""
    share, _, rest = accuracy_text(row.score.correct, row.score.images).partition(" (")
    name = escape(row.pupil.shown(lesson.shows_names or is_me))
    return (
        f'<tr{" class=me" if is_me else ""}>{rank}<td class="left">{name}{" (you)" if is_me else ""}</td>'
        f"<td>{share} <small>({rest}</small></td><td>{number_text(row.trained)}</td><td>{row.seconds:.1f}</td>"
        f"<td>{row.runs}</td></tr>"
    )
