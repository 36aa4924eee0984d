"""A page of plain words, for parents: where photos live, who sees them, and when they are gone."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from pages.lesson.address import LESSON, PAGE
from tlcore.lessons.lesson import EVERYTHING, NETWORKS, NOTHING, Lesson
from tlcore.settings import settings

_FOR_PAPER = """<style>@media print {
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stPageLink"], .st-key-print {
  display: none !important; }
[data-testid="stMain"], [data-testid="stApp"] { position: static; overflow: visible; color: black; background: white; }
}</style>"""

_AFTER = {
    NOTHING: (
        "When the lesson ends, the photos, the trained networks and the first names are deleted for good, with "
        "everything that was computed of the photos. Only figures without names stay, such as “Pupil 3: 94 %”."
    ),
    NETWORKS: (
        "When the lesson ends, the photos are deleted for good, with everything that was computed of each photo. Your "
        "teacher has chosen to keep the trained networks and the first names."
    ),
    EVERYTHING: "Your teacher has chosen to keep the photos after the lesson. Ask them why, and until when.",
}


def show_parents(lesson: Lesson) -> None:
    """Draw the page.

    Args:
        lesson: that it is about.
    """
    st.html(_FOR_PAPER)
    end = datetime.fromisoformat(lesson.ends).astimezone()  # of the teacher's machine, which stands in the same town
    way = (
        "are encrypted"
        if settings().named_hosts
        else "are not encrypted, so both should be in the school's own network"
    )
    st.markdown(
        f"""
In this lesson children teach a small computer program to tell pictures apart. For that they may take photos.

**Where are the photos?** On one computer: the one that the teacher has started this program on. There is no cloud, no
account and no e-mail address. The program sends no photo to anybody. On the way from a child's device to that
computer photos {way}.

**Who sees them?** The child who took them, and the teacher. Other children see a first name (or a number, if the
teacher hides names), a curve and figures. The program refuses everything else, whatever somebody asks it for.

**What is known of my child?** A first name that the child types in, and a random number in a cookie, so that the
browser is recognized. Nothing else is asked for.

**When are they gone?** {_AFTER[lesson.keep]} The lesson ends when the teacher ends it, and at the latest on
{end:%B} {end.day}, {end.year}, at {end:%H:%M}. If that computer is switched off then, it is done when the program is
started again.

**What does a trained network still know?** It is a list of numbers that were fitted to the photos. It holds no photo,
and the program cannot make one from it. Still, it behaves a little differently than without them; so it goes, too,
unless the teacher keeps it.

**What can we do before that?** A child can delete their own photos on the page Datasets, where they can be restored for
a few days until they are gone. Or ask the teacher, who can delete them at once and for good. A photo that somebody has
saved elsewhere, or a screenshot, is out of the program's reach.
"""
    )
    with st.container(key="print"):
        st.caption("To print this page, press Ctrl+P.")
    st.page_link(PAGE, label="To the lesson", icon=":material/arrow_back:", query_params={LESSON: lesson.code})
