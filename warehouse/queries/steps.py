"""Steps of the review that several questions read: receipt, latest step, order of the stages."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.queries.base import table

OPEN_STAGES = (v.Stage.RECEIVED, *v.REVIEW_STAGES)
"""Stages in which an incident waits."""


def reached(incident_table: Table, stage: v.Stage) -> Any:
    """Boolean expression: the furthest stage is this one or a later one."""
    order = [s.value for s in OPEN_STAGES]
    return incident_table.stage_reached.isin(order[order.index(stage.value) :])


def steps_of(chosen: Table) -> Table:
    """All steps of the chosen incidents."""
    return table("stage_transition").semi_join(chosen.select("incident_id"), "incident_id")


def latest(steps: Table) -> Table:
    """The latest of each incident's steps; of several on one day, that to the furthest stage."""
    newest_first = ibis.window(
        group_by=steps.incident_id,
        order_by=[ibis.desc(steps.occurred_on), ibis.desc(position(steps.to_stage)), ibis.desc(steps.transition_id)],
    )
    ranked = steps.mutate(place=ibis.row_number().over(newest_first))
    return ranked.filter(ranked.place == 0).drop("place")


def happened(chosen: Table, as_of: date) -> Table:
    """Steps of the chosen incidents up to the end of a day; what is dated later has not happened."""
    steps = steps_of(chosen)
    return steps.filter(steps.occurred_on <= ibis.literal(as_of))


def latest_steps(standing_ones: Table) -> Table:
    """What the step says that led each incident to where it stands. Columns: incident_id, waiting_on (null: nothing).

    Args:
        standing_ones: `incident_id`, `stage`, `stage_entered_on`, as `standing` gives them.
    """
    steps = table("stage_transition").rename(stage="to_stage", stage_entered_on="occurred_on")
    steps = steps.semi_join(standing_ones, ["incident_id", "stage", "stage_entered_on"])
    # Of two steps to one stage on one day nobody knows the later.
    return steps.group_by("incident_id").aggregate(waiting_on=steps.waiting_on.max())


def standing(chosen: Table, as_of: date) -> Table:
    """Chosen incidents with a step by the end of a day, and where they stood then.

    Columns: incident_id, public_code, country, place, received_on (null: not on record by then), stage,
    stage_entered_on.
    """
    was_received = chosen.received_on <= ibis.literal(as_of)
    chosen = chosen.mutate(received_on=ibis.ifelse(was_received, chosen.received_on, ibis.null("date")))
    own = ("incident_id", "public_code", "country", "place", "received_on")
    # The incident's own columns follow its latest step: they hold unless that is dated later.
    holds = chosen.filter(chosen.stage_entered_on <= ibis.literal(as_of))
    ahead = chosen.filter(chosen.stage_entered_on > ibis.literal(as_of)).select(*own)
    by_then = latest(happened(ahead, as_of)).select("incident_id", stage="to_stage", stage_entered_on="occurred_on")
    columns = (*own, "stage", "stage_entered_on")
    return ibis.union(holds.select(*columns), ahead.inner_join(by_then, "incident_id").select(*columns))


def responded_on(responses: Table) -> Any:
    """Day of the first step on record of each response; where none is dated, the day from which it was known.

    Of some responses only a later step is dated: the recommendation came before it.
    """
    return ibis.coalesce(responses.recommended_on, responses.decided_on, responses.implemented_on, responses.known_from)


def position(stage: Any) -> Any:
    """Place of a stage in the process, received 1, closed 5; 0 for none."""
    return stage.cases(*((s.value, place) for place, s in enumerate(v.STAGE_ORDER, start=1)), else_=0)
