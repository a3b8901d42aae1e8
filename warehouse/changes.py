"""What changed since a chosen day, for a page, a briefing, a glance: one value that holds it all.

Only what a reader of the review acts on: new and retracted incidents, steps of the review, revised estimates,
findings, responses, engagements. Every other revised field is on the page Revisions (`warehouse.revisions`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from warehouse.filters import Filters
from warehouse.queries import changes as questions
from warehouse.queries.changed_incidents import Kind, What, state_on
from warehouse.queries.changes import MOST_LISTED

__all__ = ["MOST_LISTED", "Ask", "Changes", "Kind", "What", "since"]

Ask = Callable[..., pl.DataFrame]
"""Answers a question: `ask(question, *arguments)`, such as `pages.components.data.answer`."""


@dataclass(frozen=True)
class Changes:
    """What changed from the end of one day of knowledge to the end of another, under a filter.

    Attributes:
        before, after: the two days.
        counts: of all changes; columns what, kind (null: all kinds), rows, incidents. See `rows` and `incidents`.
        added, retracted, steps, casualties, findings, responses, engagements: the newest `MOST_LISTED` of each; for
            columns see the question of the same name in `warehouse.queries.changes` or `.changed_incidents`.
        withdrawn: records of the review that are no longer known; columns what, rows.
        state_before, state_after: incidents, civilians_{killed,injured}_{low,best,high,unknown} on each day.
    """

    before: date
    after: date
    counts: pl.DataFrame
    added: pl.DataFrame
    retracted: pl.DataFrame
    steps: pl.DataFrame
    casualties: pl.DataFrame
    findings: pl.DataFrame
    responses: pl.DataFrame
    engagements: pl.DataFrame
    withdrawn: pl.DataFrame
    state_before: dict[str, Any]
    state_after: dict[str, Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return self.counts.is_empty() and self.withdrawn.is_empty()

    def rows(self, what: What, *kinds: Kind) -> int:
        """How many changes there are of this, of the given kinds or of all."""
        counted = self._of(what)
        if kinds:
            return int(counted.filter(pl.col("kind").is_in([kind.value for kind in kinds]))["rows"].sum())
        return int(counted.filter(pl.col("kind").is_null())["rows"].sum())

    def incidents(self, what: What, kind: Kind | None = None) -> int:
        """How many incidents have such a change, each counted once."""
        mine = pl.col("kind").is_null() if kind is None else pl.col("kind") == kind.value
        return int(self._of(what).filter(mine)["incidents"].sum())

    def _of(self, what: What) -> pl.DataFrame:
        return self.counts.filter(pl.col("what") == what.value)


def since(ask: Ask, filters: Filters, before: date, after: date) -> Changes:
    """What changed under the filter from the end of the day `before` to the end of the day `after`.

    Args:
        ask: answers one question; the days are in the questions, so that the day of knowledge for which it asks plays
            no part.
        filters: their `as_known_on` plays no part either: give it as `after`.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    days = (filters, before, after)
    lists = {name: ask(questions.listed_changes, name, *days) for name in questions.LISTS}
    return Changes(
        before=before,
        after=after,
        counts=ask(questions.change_counts, *days),
        withdrawn=ask(questions.withdrawn, *days),
        state_before=ask(state_on, filters, before).row(0, named=True),
        state_after=ask(state_on, filters, after).row(0, named=True),
        **lists,
    )
