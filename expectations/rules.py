"""What a column's declaration can't say: between columns, tables, versions and data sets, each with its reason."""

from __future__ import annotations

from datetime import date

from expectations.review_rules import REVIEW_RULES
from expectations.rule import Rule, no_rows, rows_where
from warehouse.row_rules import ROW_RULES, RowRule, ordered_estimate
from warehouse.schema import FACT_TABLES
from warehouse.vocabulary import Harm, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
# Queries are made of declared names and constants only, never of data.
# ruff: noqa: S608

COUNTRY_TOLERANCE_M = 25_000
"""Coast lines are generalised, ships are hit at sea (territorial waters reach 22,224 m), borders are disputed."""
REFUSED_SHARE = 0.2
"""One row in five: single rows are mistyped, but so many mean that the source has changed its format."""
REFUSED_MINIMUM_ROWS = 10
"""Below that many refused rows a share says little: one bad row in a file of three must not stop the build."""
LONG_RANGE_DAYS = 31
"""An incident told by the day lies within a month; a longer range is a campaign, or a mistyped month."""
SAME_POINT_INCIDENTS = 25
"""So many incidents in one exact spot are rather a town's centre that was entered as exact."""
PEOPLE_IN_ONE_INCIDENT = 1_000
"""No single strike of the conflicts covered is reported to have killed or injured more; totals of a war do."""
EARLIEST_YEAR = 2000
"""No source that is read goes further back; a year such as 0024 or 1970 is a typing or conversion error."""

_CURRENT = "t.known_to IS NULL"


def hand_written_rules(today: date) -> tuple[Rule, ...]:
    """Every expectation that is not derived from the declaration.

    Args:
        today: the day of the build (UTC), after which nothing can have happened.
    """
    between_columns = (*ROW_RULES, *(_incident_estimate(harm) for harm in Harm))
    return (*(_of_row_rule(rule, today) for rule in between_columns), *RULES, *REVIEW_RULES)


def _of_row_rule(rule: RowRule, today: date) -> Rule:
    return rows_where(rule.name, rule.description, rule.reason, rule.severity, rule.sql(today))


def _incident_estimate(harm: Harm) -> RowRule:
    prefix = f"civilians_{harm.value}"
    return ordered_estimate("incident", f"{prefix}_", prefix, f"civilians {harm.label.lower()}")


def _agrees_with_casualties(harm: Harm) -> Rule:
    parts = ("low", "best", "high")
    different = " OR ".join(f"t.civilians_{harm.value}_{p} IS DISTINCT FROM c.{p}" for p in parts)
    return no_rows(
        f"incident.civilians_{harm.value}_agree_with_casualties",
        f"The current estimates of civilians {harm.label.lower()} are those of the casualty table.",
        "The same number is kept twice for speed; if the two differ, a page and an extract contradict each other.",
        ERROR,
        "SELECT t.incident_id, t.known_from FROM t LEFT JOIN casualty AS c ON c.incident_id = t.incident_id"
        f" AND c.\"group\" = 'civilians' AND c.harm = '{harm.value}' AND c.known_to IS NULL"
        f" WHERE {_CURRENT} AND ({different})",
    )


def _not_after_known_on(table: str, column: str) -> Rule:
    return rows_where(
        f"{table}.{column}_not_after_known_on",
        f"{column} is not after the day on which the data set was exported.",
        "An export cannot know a later day; date, export date or time zone is wrong.",
        WARNING,
        f"EXISTS (SELECT 1 FROM dataset AS d WHERE d.dataset_id = t.dataset_id AND t.{column} > d.known_on)",
    )


def _origin_agrees(table: str) -> Rule:
    return rows_where(
        f"{table}.origin_agrees_with_dataset",
        "Rows of a synthetic data set are marked synthetic, and no others are.",
        "Invented numbers must never pass for recorded ones, nor recorded ones for invented.",
        ERROR,
        "EXISTS (SELECT 1 FROM dataset AS d WHERE d.dataset_id = t.dataset_id"
        " AND d.synthetic <> (t.data_origin = 'synthetic'))",
    )


def _rows_add_up(table: str) -> Rule:
    return rows_where(
        f"{table}.rows_add_up",
        "Rows read are the rows loaded and the rows quarantined together.",
        "Nothing may be dropped in silence.",
        ERROR,
        "t.rows_read <> t.rows_loaded + t.rows_quarantined",
    )


RULES: tuple[Rule, ...] = (
    # Data sets and files
    _rows_add_up("dataset"),
    rows_where(
        "dataset.rows_are_those_of_its_files",
        "A data set's rows are the sum of its files' rows.",
        "Nothing may be dropped in silence.",
        ERROR,
        "(t.rows_read, t.rows_loaded, t.rows_quarantined) IS DISTINCT FROM (SELECT (coalesce(sum(f.rows_read), 0),"
        " coalesce(sum(f.rows_loaded), 0), coalesce(sum(f.rows_quarantined), 0)) FROM input_file AS f"
        " WHERE f.dataset_id = t.dataset_id)",
    ),
    rows_where(
        "dataset.quarantine_holds_what_was_refused",
        "As many rows are in quarantine as were counted as refused.",
        "A refused row must be there to be looked at.",
        ERROR,
        "t.rows_quarantined <> (SELECT count(*) FROM quarantine AS q WHERE q.dataset_id = t.dataset_id)",
    ),
    rows_where(
        "dataset.has_incidents",
        "A data set holds at least one incident, transfer, day of a series, or report with a place or day of its own.",
        "A source without any of these was given as the wrong folder, could not be read, or lost all its incidents.",
        ERROR,
        "NOT EXISTS (SELECT 1 FROM incident AS i WHERE i.dataset_id = t.dataset_id)"
        " AND NOT EXISTS (SELECT 1 FROM transfer AS f WHERE f.dataset_id = t.dataset_id)"
        " AND NOT EXISTS (SELECT 1 FROM context_series AS c WHERE c.dataset_id = t.dataset_id)"
        # Reports that only back up incidents stay when these are lost; a set of reports alone says where or when.
        " AND NOT EXISTS (SELECT 1 FROM report AS r WHERE r.dataset_id = t.dataset_id"
        " AND (r.event_on IS NOT NULL OR r.latitude IS NOT NULL))",
    ),
    rows_where(
        "dataset.synthetic_stands_alone",
        "Synthetic and recorded data sets do not stand in one warehouse.",
        "A sum over both would be a number about nothing.",
        ERROR,
        "t.synthetic AND EXISTS (SELECT 1 FROM dataset AS d WHERE NOT d.synthetic)",
    ),
    rows_where(
        "dataset.known_on_not_after_retrieved_on",
        "The export's date is not after the day on which its files were obtained.",
        "'As known on' rests on the export's date; one that lies too late hides rows.",
        WARNING,
        "t.known_on > t.retrieved_on",
    ),
    _rows_add_up("input_file"),
    rows_where(
        "input_file.quarantine_holds_what_was_refused",
        "As many rows of a file are in quarantine as were counted as refused.",
        "A refused row must be there to be looked at.",
        ERROR,
        "t.rows_quarantined <>"
        " (SELECT count(*) FROM quarantine AS q WHERE q.dataset_id = t.dataset_id AND q.file = t.file"
        " AND q.known_on = t.known_on)",
    ),
    rows_where(
        "input_file.share_of_refused_rows",
        f"No more than {REFUSED_SHARE:.0%} of a file's rows are refused, once {REFUSED_MINIMUM_ROWS} rows are.",
        "So many refused rows mean that the source's format has probably changed.",
        ERROR,
        f"t.rows_quarantined >= {REFUSED_MINIMUM_ROWS} AND t.rows_quarantined > {REFUSED_SHARE} * t.rows_read",
    ),
    *(_origin_agrees(table.name) for table in FACT_TABLES),
    # Incidents
    *(_agrees_with_casualties(harm) for harm in Harm),
    rows_where(
        "incident.report_count_agrees_with_links",
        "The current number of reports is that of the links to reports.",
        "The same number is kept twice for speed; if the two differ, a page and an extract contradict each other.",
        ERROR,
        f"{_CURRENT} AND t.report_count <> (SELECT count(*) FROM incident_report AS l"
        " WHERE l.incident_id = t.incident_id AND l.known_to IS NULL)",
    ),
    rows_where(
        "incident.has_a_report",
        "An incident rests on at least one report.",
        "Without a report nobody can check what is said to have happened.",
        WARNING,
        f"{_CURRENT} AND NOT EXISTS (SELECT 1 FROM incident_report AS l"
        " WHERE l.incident_id = t.incident_id AND l.known_to IS NULL)",
    ),
    rows_where(
        "incident.in_or_near_country",
        f"The place is within {COUNTRY_TOLERANCE_M / 1000:g} km of the stated country.",
        "Further off, the country or the coordinates are wrong; nearer, coast lines, ships and borders explain it.",
        WARNING,
        f"t.country_distance_m > {COUNTRY_TOLERANCE_M}",
    ),
    rows_where(
        "incident.date_precision_agrees_with_dates",
        "A day is one day, a range two different ones, an unknown date none.",
        "Charts by day take the precision at its word; one that disagrees shows a day that nobody stated.",
        WARNING,
        "t.date_precision = 'day' AND t.date_start IS DISTINCT FROM coalesce(t.date_end, t.date_start)"
        " OR t.date_precision = 'day' AND t.date_start IS NULL"
        " OR t.date_precision = 'range' AND t.date_start IS NOT DISTINCT FROM t.date_end"
        " OR t.date_precision = 'unknown' AND (t.date_start IS NOT NULL OR t.date_end IS NOT NULL)",
    ),
    rows_where(
        "incident.date_range_not_long",
        f"A date known by the day spans no more than {LONG_RANGE_DAYS} days.",
        "A longer range is a campaign rather than an incident, or a mistyped month.",
        WARNING,
        f"t.date_precision IN ('day', 'range') AND date_diff('day', t.date_start, t.date_end) > {LONG_RANGE_DAYS}",
    ),
    rows_where(
        "incident.date_not_long_ago",
        f"No incident is dated before {EARLIEST_YEAR}.",
        "No source that is read goes further back; such a year comes from typing or converting.",
        WARNING,
        f"year(t.date_start) < {EARLIEST_YEAR}",
    ),
    rows_where(
        "incident.published_not_before_it_happened",
        "An incident is not published before its first day.",
        "The year or month of one of the two dates is probably mistyped.",
        WARNING,
        "t.published_on < t.date_start",
    ),
    _not_after_known_on("incident", "date_start"),
    rows_where(
        "incident.exact_point_not_crowded",
        f"No exact location is shared by more than {SAME_POINT_INCIDENTS} incidents.",
        "So many in one spot are rather the centre of a town that was entered as exact.",
        WARNING,
        f"{_CURRENT} AND t.geo_precision = 'exact_location' AND (t.latitude, t.longitude) IN"
        " (SELECT (latitude, longitude) FROM incident WHERE known_to IS NULL AND geo_precision = 'exact_location'"
        f" AND latitude IS NOT NULL GROUP BY latitude, longitude HAVING count(*) > {SAME_POINT_INCIDENTS})",
    ),
    # People harmed
    rows_where(
        "casualty.not_a_total",
        f"One incident harms no more than {PEOPLE_IN_ONE_INCIDENT:,} people.",
        "A larger number is rather the total of a war or a year than that of one incident.",
        WARNING,
        f"t.high > {PEOPLE_IN_ONE_INCIDENT} OR t.low > {PEOPLE_IN_ONE_INCIDENT}",
    ),
    rows_where(
        "casualty.part_not_above_civilians",
        "Children, women and men each are no more than all civilians of the same incident.",
        "They are parts of the civilians; a part above the whole means that one of the two was misread.",
        WARNING,
        f"{_CURRENT} AND t.\"group\" IN ('children', 'women', 'men') AND EXISTS (SELECT 1 FROM casualty AS c"
        " WHERE c.incident_id = t.incident_id AND c.harm = t.harm AND c.\"group\" = 'civilians'"
        " AND c.known_to IS NULL AND t.low > c.high)",
    ),
    # Reports and weapons
    rows_where(
        "report.belongs_to_an_incident",
        "A report is linked to at least one incident.",
        "A report without an incident appears in no figure by place or date of harm.",
        WARNING,
        f"{_CURRENT} AND NOT EXISTS (SELECT 1 FROM incident_report AS l"
        " WHERE l.report_id = t.report_id AND l.known_to IS NULL)",
    ),
    _not_after_known_on("report", "published_on"),
    rows_where(
        "incident_weapon.claim_is_no_finding",
        "A weapon that a source merely mentions is possible at most.",
        "Confirmed and probable say that evidence was examined; a mention is none.",
        WARNING,
        "t.basis = 'source_claim' AND t.confidence IN ('confirmed', 'probable')",
    ),
    rows_where(
        "weapon.named_munition_has_an_origin",
        "For each munition that an incident names, the reference list says whether it is of US origin.",
        "Incidents with this munition are missing under US origin although they may belong there.",
        WARNING,
        "t.designation IS NOT NULL AND t.us_origin = 'unknown'"
        " AND EXISTS (SELECT 1 FROM incident_weapon AS w WHERE w.weapon_id = t.weapon_id AND w.known_to IS NULL"
        " AND w.confidence NOT IN ('excluded', 'unattributed'))",
    ),
)
