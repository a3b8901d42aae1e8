"""Links to downloads that the browser takes by itself, and how far each of them has come."""

from __future__ import annotations

import time

import streamlit as st

from pages import wording, wording_extract
from pages import wording_service as words
from pages.service import links
from pages.service.jobs import JOBS, Job, State
from pages.service.links import Link

POLL_S = 1.0
"""Often enough to be seen moving, seldom enough to cost nothing."""
BEGIN_S = 60
"""By then a browser has asked for what was clicked, or was told why it may not."""

_FOLLOWED = "_followed_downloads"


def draw(link: Link, *, disabled: bool) -> None:
    """Draw a link that works once; after the click there is a new one."""
    st.link_button(
        f"{wording.DOWNLOAD} {link.chosen.title}",
        f"{links.PREFIX}/{links.sign(link)}",
        key=f"download_{link.chosen.suffix.lstrip('.')}",
        on_click=_follow,
        args=(link,),
        disabled=disabled,
        help=wording_extract.DOWNLOAD_HELP,
    )


def progress() -> None:
    """Draw how far the downloads of this visit have come, again and again while one runs."""
    if followed := st.session_state.get(_FOLLOWED):
        is_open = any(_state(link, begun) in (None, State.RUNNING) for link, begun in followed)
        st.fragment(_draw_followed, run_every=POLL_S if is_open else None)(asks_again=is_open)


def _follow(link: Link) -> None:
    """Remember what was clicked, and forget what has ended."""
    open_ones = [one for one in st.session_state.get(_FOLLOWED, []) if _state(*one) in (None, State.RUNNING)]
    st.session_state[_FOLLOWED] = [*open_ones, (link, time.monotonic())]


def _draw_followed(*, asks_again: bool) -> None:
    was_open = False
    for link, begun in st.session_state[_FOLLOWED]:
        job, state = JOBS.find(link.job_id), _state(link, begun)
        was_open = was_open or state in (None, State.RUNNING)
        with st.container(horizontal=True, vertical_alignment="center", key=f"followed_{link.job_id}"):
            if state in (None, State.RUNNING):
                _draw_open(link, job)
            else:
                st.text(_ended(link, job, state))
    if asks_again and not was_open:
        st.rerun()  # and ask no more


def _draw_open(link: Link, job: Job | None) -> None:
    if job is None:
        st.text(words.starting(link.file_name))
        return
    share = job.rows_done / job.rows if job.rows else 1.0
    st.progress(share, words.under_way(link.file_name, job.rows_done, job.rows, job.bytes_done))
    st.button(words.CANCEL, key=f"cancel_{link.job_id}", on_click=job.cancel)


def _state(link: Link, begun: float) -> State | None:
    """None: the browser has not asked yet, and still may."""
    job = JOBS.find(link.job_id)
    if job is not None:
        return job.state
    return None if time.monotonic() - begun < BEGIN_S else State.FAILED


def _ended(link: Link, job: Job | None, state: State | None) -> str:
    if job is None:
        return words.never_began(link.file_name)
    if state is State.DONE:
        return words.sent(link.file_name, job.rows, job.bytes_done)
    return words.cancelled(link.file_name) if state is State.CANCELLED else words.failed(link.file_name)
