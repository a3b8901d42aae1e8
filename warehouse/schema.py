"""Every table and column of the warehouse, declared once.

DDL, casts, expectations, labels, the intake format and the data dictionary are derived from `TABLES`.
Words and tables follow the Civilian Harm Incident Response Guidance and the publishers' own vocabularies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import ibis
import polars as pl

from warehouse import vocabulary as v
from warehouse.countries import country_codes

ColumnType = Literal["text", "integer", "float", "boolean", "date", "timestamp", "text_list"]

VocabularyClass = type[v.Vocabulary]

DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "text_list": "VARCHAR[]",
}
POLARS_TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "text_list": pl.List(pl.String()),
}
IBIS_TYPES: dict[ColumnType, str] = {
    "text": "string",
    "integer": "int64",
    "float": "float64",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp(6)",
    "text_list": "array<string>",
}
LIST_SEPARATOR = "; "
"""How a list is written where a cell holds one text (CSV, Excel, intake files)."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: the same name wherever the same quantity appears; units as suffixes.
        type: see `ColumnType`.
        description: one sentence for people.
        label: short heading for tables and charts; made from the name when empty.
        unit: unit of the value, None for text and codes.
        required: null is an error.
        vocabulary: the closed set of values, where there is one.
        codes: a closed set that is no vocabulary of ours (ISO country codes, USML categories).
        minimum, maximum: inclusive bounds.
        references: "table.column" that a non-null value must exist in.
        derived: computed by the build from other tables; not part of the intake format.
        restricted: never shown or exported, whatever the settings.
        private_content: hidden when the row's report is private, unless private reports are allowed.
    """

    name: str
    type: ColumnType
    description: str
    label: str = ""
    unit: str | None = None
    required: bool = False
    vocabulary: VocabularyClass | None = None
    codes: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    references: str | None = None
    derived: bool = False
    restricted: bool = False
    private_content: bool = False

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.name.replace("_", " ").capitalize())

    @property
    def allowed(self) -> tuple[str, ...] | None:
        """The allowed values, None where any value may stand."""
        return self.vocabulary.values() if self.vocabulary else self.codes


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: table name.
        row_is: completes "one row is ...".
        columns: in order; fact tables end with `FACT_COLUMNS`.
        key: columns that identify a row; for fact tables `known_from` is appended.
        intake: whether the intake format has a file for it.
        sort: columns the build sorts by (dates first, so that date filters skip blocks).
    """

    name: str
    row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    intake: bool = False
    sort: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @property
    def _by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns in order."""
        return tuple(c.name for c in self.columns)

    @property
    def intake_columns(self) -> tuple[Column, ...]:
        """Columns that a person who fills in the intake format writes."""
        made_by_build = {"dataset_id", "data_origin"}
        return tuple(c for c in self.columns if not c.derived and c.name not in made_by_build)

    def polars_schema(self) -> dict[str, pl.DataType]:
        """Column name -> Polars type."""
        return {c.name: POLARS_TYPES[c.type] for c in self.columns}

    def ibis_table(self, name: str = "") -> ibis.expr.types.Table:
        """The unbound table that questions are asked of, under its own or another name."""
        return ibis.table({c.name: IBIS_TYPES[c.type] for c in self.columns}, name=name or self.name)

    def empty(self) -> pl.DataFrame:
        """A frame with these columns and no rows."""
        return pl.DataFrame(schema=self.polars_schema())


C = Column

FACT_COLUMNS = (
    C("known_from", "date", "Day from which this version of the row was known.", "Known from", required=True),
    C("known_to", "date", "Day from which it no longer held; empty while it is current.", "Known to"),
    C(
        "dataset_id",
        "text",
        "Data set the row came from.",
        "Data set",
        required=True,
        references="dataset.dataset_id",
    ),
    C(
        "data_origin",
        "text",
        "Recorded by a source, or SYNTHETIC: generated for demonstration.",
        "Data origin",
        required=True,
        vocabulary=v.DataOrigin,
    ),
)
INCIDENT_ID = C(
    "incident_id",
    "text",
    "Identifier of the incident.",
    "Incident",
    required=True,
    references="incident.incident_id",
)


def _estimate(harm: v.Harm) -> tuple[Column, ...]:
    """low, best, high and raw text of civilians harmed, computed from the casualty table."""
    what = f"civilians {harm.label.lower()}"
    name = f"civilians_{harm.value}"
    return tuple(
        C(
            f"{name}_{part}",
            "integer",
            f"{text} of {what}; empty means unknown, not zero.",
            f"{what.capitalize()}, {part}",
            unit="people",
            minimum=0,
            derived=True,
        )
        for part, text in (
            ("low", "Lowest estimate"),
            ("best", "Best estimate, where one is stated,"),
            ("high", "Highest estimate"),
        )
    )


def _fact(name: str, row_is: str, columns: tuple[Column, ...], key: tuple[str, ...], sort: tuple[str, ...]) -> Table:
    return Table(name, row_is, columns + FACT_COLUMNS, (*key, "known_from"), intake=True, sort=(*sort, *key))


TABLES: tuple[Table, ...] = (
    Table(
        "dataset",
        "a source's set of files as loaded",
        (
            C("dataset_id", "text", "Identifier of the data set.", "Data set", required=True),
            C("source_module", "text", "Module that read it.", "Reader", required=True, derived=True),
            C("title", "text", "Title of the data set.", required=True),
            C("publisher", "text", "Who publishes it.", required=True),
            C("url", "text", "Where it is published.", "Address"),
            C("licence", "text", "Licence as stated by the publisher.", required=True),
            C(
                "redistributable",
                "boolean",
                "Whether rows may be passed on under that licence.",
                required=True,
            ),
            C("retrieved_on", "date", "Day on which the files were obtained.", required=True),
            C("known_on", "date", "Day of knowledge: the date of its newest export.", required=True),
            C(
                "exports",
                "integer",
                "Exports of it that were loaded, each of its own day of knowledge.",
                required=True,
                minimum=1,
                unit="exports",
                derived=True,
            ),
            C("sha256", "text", "Hash over the hashes of its files.", "SHA-256", required=True, derived=True),
            C(
                "rows_read",
                "integer",
                "Rows in its files.",
                required=True,
                minimum=0,
                unit="rows",
                derived=True,
            ),
            C(
                "rows_loaded",
                "integer",
                "Rows whose content was loaded.",
                required=True,
                minimum=0,
                unit="rows",
                derived=True,
            ),
            C(
                "rows_quarantined",
                "integer",
                "Rows refused.",
                required=True,
                minimum=0,
                unit="rows",
                derived=True,
            ),
            C("synthetic", "boolean", "Generated for demonstration.", required=True),
        ),
        ("dataset_id",),
        intake=True,
        sort=("dataset_id",),
    ),
    Table(
        "input_file",
        "a file that was read",
        (
            C("dataset_id", "text", "Data set.", "Data set", required=True, references="dataset.dataset_id"),
            C("known_on", "date", "Day of knowledge of the export.", required=True),
            C("file", "text", "File name below the given path.", required=True),
            C("sha256", "text", "SHA-256 of the file.", "SHA-256", required=True),
            C("size_bytes", "integer", "Size of the file.", required=True, minimum=0, unit="bytes"),
            C("rows_read", "integer", "Rows in the file.", required=True, minimum=0, unit="rows"),
            C(
                "rows_loaded",
                "integer",
                "Rows whose content was loaded.",
                required=True,
                minimum=0,
                unit="rows",
            ),
            C("rows_quarantined", "integer", "Rows refused.", required=True, minimum=0, unit="rows"),
        ),
        ("dataset_id", "known_on", "file"),
        sort=("dataset_id", "known_on", "file"),
    ),
    _fact(
        "incident",
        "an incident, one row per version",
        (
            C("incident_id", "text", "Identifier of the incident.", "Incident", required=True),
            C("public_code", "text", "The publisher's public code.", "Code"),
            C("url", "text", "Page of the incident at its publisher.", "Address"),
            C("country", "text", "Country of the place, ISO 3166-1 alpha-3.", codes=country_codes()),
            C("admin1", "text", "First-level division or territory.", "Division"),
            C("place", "text", "Place as the source names it.", "Place"),
            C("latitude", "float", "Latitude, WGS 84.", unit="degrees", minimum=-90, maximum=90),
            C("longitude", "float", "Longitude, WGS 84.", unit="degrees", minimum=-180, maximum=180),
            C(
                "geo_precision",
                "text",
                "How exactly the place is known.",
                "Location precision",
                required=True,
                vocabulary=v.GeoPrecision,
            ),
            C("geo_precision_raw", "text", "Precision in the source's words.", "Precision, raw text"),
            C(
                "geo_radius_m",
                "integer",
                "Radius within which the true place may lie.",
                "Location radius",
                unit="m",
                minimum=0,
                derived=True,
            ),
            C(
                "country_distance_m",
                "float",
                "Distance of the point from the stated country, 0 when inside.",
                "Distance from country",
                unit="m",
                minimum=0,
                derived=True,
            ),
            C("date_start", "date", "First day on which it may have happened; empty means unknown.", "From"),
            C("date_end", "date", "Last day on which it may have happened.", "To"),
            C(
                "date_precision",
                "text",
                "How exactly the date is known.",
                required=True,
                vocabulary=v.DatePrecision,
            ),
            C("date_raw", "text", "Date in the source's words.", "Date, raw text"),
            C(
                "published_on",
                "date",
                "Day of publication as the publisher states it; some repeat the day of the incident.",
                "Published on",
            ),
            C("belligerent", "text_list", "Who is named as responsible."),
            C("belligerent_basis", "text", "On what basis.", required=True, vocabulary=v.BelligerentBasis),
            C(
                "partner_country",
                "text",
                "Recipient of US arms whose forces are named, ISO 3166-1 alpha-3.",
                "Partner",
                codes=country_codes(),
            ),
            C(
                "strike_type",
                "text_list",
                "By what means; several are possible.",
                required=True,
                vocabulary=v.StrikeType,
            ),
            C("strike_type_raw", "text", "Means in the source's words.", "Strike type, raw text"),
            C(
                "strike_status",
                "text",
                "How certain it is that an attack took place.",
                required=True,
                vocabulary=v.StrikeStatus,
            ),
            C("strike_status_raw", "text", "Strike status in the source's words.", "Strike status, raw text"),
            C("harm_status", "text", "Grading of the civilian harm.", required=True, vocabulary=v.HarmStatus),
            C("harm_status_raw", "text", "Grading in the source's words.", "Harm status, raw text"),
            C("infrastructure", "text_list", "Kinds of place that were hit, in the source's words."),
            C("observations", "text_list", "Circumstances that the source tags."),
            C("summary", "text", "What the source says happened."),
            *_estimate(v.Harm.KILLED),
            *_estimate(v.Harm.INJURED),
            C(
                "weapon_system",
                "text_list",
                "Weapon systems named, excluded ones apart; unknown when none.",
                required=True,
                vocabulary=v.WeaponSystem,
                derived=True,
            ),
            C(
                "munition",
                "text_list",
                "Munitions named, excluded ones apart; unattributed when none.",
                required=True,
                derived=True,
            ),
            C(
                "us_origin_confidence",
                "text",
                "Highest confidence with which a weapon of US origin is named.",
                "US-origin confidence",
                required=True,
                vocabulary=v.Confidence,
                derived=True,
            ),
            C(
                "source_type",
                "text_list",
                "Types of the sources that reported it.",
                required=True,
                vocabulary=v.SourceType,
                derived=True,
            ),
            C(
                "report_count",
                "integer",
                "Reports linked to it.",
                "Reports",
                required=True,
                minimum=0,
                unit="reports",
                derived=True,
            ),
            C(
                "private_report_count",
                "integer",
                "Of these, private ones.",
                "Private reports",
                required=True,
                minimum=0,
                unit="reports",
                derived=True,
            ),
            C(
                "first_reported_on",
                "date",
                "Day of the earliest dated report.",
                "First reported on",
                derived=True,
            ),
            C(
                "stage",
                "text",
                "Current stage of the review.",
                required=True,
                vocabulary=v.Stage,
                derived=True,
            ),
            C(
                "stage_entered_on",
                "date",
                "Day on which it entered that stage.",
                "In stage since",
                derived=True,
            ),
            C(
                "stage_reached",
                "text",
                "Furthest stage reached so far.",
                required=True,
                vocabulary=v.Stage,
                derived=True,
            ),
            C(
                "received_on",
                "date",
                "Day of receipt; empty where another step is on record before it, or none at all.",
                "Received on",
                derived=True,
            ),
            *(
                C(
                    f"{stage.value}_{what}_on",
                    "date",
                    f"{meaning} ({stage.label}).",
                    f"{stage.label.partition(':')[0]}, {what} on",
                    derived=True,
                )
                for stage in v.STAGE_ORDER
                if stage is not v.Stage.CLOSED
                for what, meaning in (
                    ("reached", "First day on which a step shows it in the stage or past it"),
                    ("entered", "Day of the first step that led into the stage; empty where it was skipped"),
                )
            ),
            C(
                "response_count",
                "integer",
                "Responses recommended or taken.",
                "Responses",
                required=True,
                minimum=0,
                unit="responses",
                derived=True,
            ),
            C(
                "cluster_id",
                "text",
                "The same for incidents that are likely one and the same event; empty where no other is likely.",
                "Cluster",
                derived=True,
            ),
            C(
                "search_text",
                "text",
                "Code, place and summary, folded for search.",
                required=True,
                derived=True,
            ),
        ),
        ("incident_id",),
        ("date_start",),
    ),
    _fact(
        "casualty",
        "one estimate of people harmed in an incident",
        (
            INCIDENT_ID,
            C("group", "text", "Who is counted.", required=True, vocabulary=v.CasualtyGroup),
            C("harm", "text", "What is counted.", required=True, vocabulary=v.Harm),
            C("low", "integer", "Lowest estimate; empty means unknown.", unit="people", minimum=0),
            C("best", "integer", "Best estimate, where the source states one.", unit="people", minimum=0),
            C("high", "integer", "Highest estimate; empty means unknown.", unit="people", minimum=0),
            C("raw_text", "text", "The estimate in the source's words.", "Raw text"),
        ),
        ("incident_id", "group", "harm"),
        (),
    ),
    _fact(
        "report",
        "one allegation as one source stated it",
        (
            C("report_id", "text", "Identifier of the report.", "Report", required=True),
            C("source_type", "text", "What kind of source.", required=True, vocabulary=v.SourceType),
            C("access", "text", "Who may read it.", required=True, vocabulary=v.Access),
            C(
                "account_kind",
                "text",
                "Who speaks, where it is a social media post.",
                required=True,
                vocabulary=v.AccountKind,
            ),
            C("submitted_by", "text", "Who handed it in.", private_content=True),
            C("publisher", "text", "Organisation that published it.", private_content=True),
            C("account_name", "text", "Account of a person on social media.", restricted=True),
            C("platform", "text", "Where it was published: Facebook, Twitter, Telegram ..."),
            C("title", "text", "Title, where it names no personal account.", private_content=True),
            C("url", "text", "Its address; hidden for personal accounts.", "Address", private_content=True),
            C("archive_url", "text", "Address of an archived copy.", "Archived copy", private_content=True),
            C("language", "text", "Language."),
            C("published_on", "date", "Day of publication; empty means unknown.", "Published on"),
            C("event_on", "date", "Day of the event that it speaks of, where it states one.", "Event on"),
            C("place", "text", "Place that it speaks of, in its own words.", "Place", private_content=True),
            C(
                "latitude",
                "float",
                "Latitude that it states, WGS 84.",
                unit="degrees",
                minimum=-90,
                maximum=90,
                private_content=True,
            ),
            C(
                "longitude",
                "float",
                "Longitude that it states, WGS 84.",
                unit="degrees",
                minimum=-180,
                maximum=180,
                private_content=True,
            ),
            C(
                "reviewed_latitude",
                "float",
                "Latitude as a later review corrects it.",
                "Latitude, reviewed",
                unit="degrees",
                minimum=-90,
                maximum=90,
                private_content=True,
            ),
            C(
                "reviewed_longitude",
                "float",
                "Longitude as a later review corrects it.",
                "Longitude, reviewed",
                unit="degrees",
                minimum=-180,
                maximum=180,
                private_content=True,
            ),
            C("raw_text", "text", "What it says.", "Text", private_content=True),
        ),
        ("report_id",),
        ("published_on",),
    ),
    _fact(
        "incident_report",
        "a link between an incident and a report",
        (
            INCIDENT_ID,
            C("report_id", "text", "Report.", "Report", required=True, references="report.report_id"),
            C(
                "method",
                "text",
                "stated by the source, or linked by us.",
                required=True,
                codes=("stated", "linked"),
            ),
            C("match_probability", "float", "Probability of a linked pair.", minimum=0, maximum=1),
            C(
                "is_shared",
                "boolean",
                "Whether the report is linked to several incidents, now or at another time.",
                required=True,
                derived=True,
            ),
        ),
        ("incident_id", "report_id"),
        (),
    ),
    Table(
        "weapon",
        "a weapon of the reference list",
        (
            C("weapon_id", "text", "Identifier of the weapon.", "Weapon", required=True),
            C("designation", "text", "Designation; empty for an entry that only names a system."),
            C("weapon_system", "text", "Kind of weapon.", required=True, vocabulary=v.WeaponSystem),
            C("munition_class", "text", "Class, such as 2,000 lb bomb."),
            C(
                "usml_category",
                "text",
                "United States Munitions List category.",
                "USML category",
                codes=tuple(v.USML_CATEGORIES),
            ),
            C(
                "us_origin",
                "text",
                "Whether it is of US origin.",
                "US origin",
                required=True,
                vocabulary=v.UsOrigin,
            ),
            C("reference", "text", "Public source of these facts."),
        ),
        ("weapon_id",),
        intake=True,
        sort=("weapon_id",),
    ),
    _fact(
        "incident_weapon",
        "an attribution of a weapon to an incident",
        (
            C("attribution_id", "text", "Identifier of the attribution.", "Attribution", required=True),
            INCIDENT_ID,
            C("weapon_id", "text", "Weapon.", "Weapon", required=True, references="weapon.weapon_id"),
            C("confidence", "text", "How sure it is.", required=True, vocabulary=v.Confidence),
            C("basis", "text", "On what it rests.", required=True, vocabulary=v.AttributionBasis),
            C("report_id", "text", "Report that names the weapon.", "Report", references="report.report_id"),
            C("raw_text", "text", "The weapon in the source's words.", "Raw text", private_content=True),
        ),
        ("attribution_id",),
        ("incident_id",),
    ),
    _fact(
        "stage_transition",
        "a dated step of the review; never changed, only added to",
        (
            C("transition_id", "text", "Identifier of the step.", "Step", required=True),
            INCIDENT_ID,
            C("from_stage", "text", "Stage left; empty at the start.", vocabulary=v.Stage),
            C("to_stage", "text", "Stage entered.", required=True, vocabulary=v.Stage),
            C("occurred_on", "date", "Day of the step.", required=True),
            C("bureau", "text", "Bureau that made it."),
            C("reason", "text", "Why."),
            C("waiting_on", "text", "Whom the incident waits for."),
        ),
        ("transition_id",),
        ("occurred_on", "incident_id"),
    ),
    _fact(
        "assessment",
        "a finding on an incident",
        (
            C("assessment_id", "text", "Identifier of the assessment.", "Assessment", required=True),
            INCIDENT_ID,
            C("kind", "text", "What is assessed.", required=True, vocabulary=v.Principle),
            C("finding", "text", "What was found.", required=True, vocabulary=v.Finding),
            C("assessed_on", "date", "Day of the finding; empty while pending."),
            C("bureau", "text", "Bureau that made it."),
        ),
        ("assessment_id",),
        ("incident_id",),
    ),
    Table(
        "unit",
        "a security force unit",
        (
            C("unit_id", "text", "Identifier of the unit.", "Unit", required=True),
            C("name", "text", "Name.", required=True),
            C("country", "text", "Country, ISO 3166-1 alpha-3.", required=True, codes=country_codes()),
            C("parent_unit_id", "text", "Unit it belongs to.", "Parent unit", references="unit.unit_id"),
        ),
        ("unit_id",),
        intake=True,
        sort=("unit_id",),
    ),
    _fact(
        "incident_unit",
        "an attribution of a unit to an incident",
        (
            C("attribution_id", "text", "Identifier of the attribution.", "Attribution", required=True),
            INCIDENT_ID,
            C("unit_id", "text", "Unit.", "Unit", required=True, references="unit.unit_id"),
            C("confidence", "text", "How sure it is.", required=True, vocabulary=v.Confidence),
            C("basis", "text", "On what it rests.", required=True, vocabulary=v.UnitBasis),
            C("report_id", "text", "Report that names the unit.", "Report", references="report.report_id"),
            C("raw_text", "text", "The unit in the source's words.", "Raw text", private_content=True),
        ),
        ("attribution_id",),
        ("incident_id",),
    ),
    _fact(
        "response",
        "a recommended or taken action",
        (
            C("response_id", "text", "Identifier of the response.", "Response", required=True),
            INCIDENT_ID,
            C("response_type", "text", "What is done.", required=True, vocabulary=v.ResponseType),
            C("target", "text", "At whom it is aimed.", required=True, vocabulary=v.ResponseTarget),
            C("unit_id", "text", "Unit it is aimed at.", "Unit", references="unit.unit_id"),
            C("case_number", "text", "Licence or case number that it is aimed at."),
            C("status", "text", "How far it has come.", required=True, vocabulary=v.ResponseStatus),
            C("recommended_on", "date", "Day of the recommendation; empty where none is on record."),
            C("decided_on", "date", "Day of the decision."),
            C("implemented_on", "date", "Day on which it was carried out."),
        ),
        ("response_id",),
        ("recommended_on", "incident_id"),
    ),
    _fact(
        "engagement",
        "an embassy raising an incident with the partner",
        (
            C("engagement_id", "text", "Identifier of the engagement.", "Engagement", required=True),
            INCIDENT_ID,
            C("post", "text", "Embassy or other post.", required=True),
            C("counterpart", "text", "With whom."),
            C("held_on", "date", "Day.", required=True),
            C("answered_on", "date", "Day on which the partner answered; empty while it has not."),
            C("channel", "text", "How.", required=True, vocabulary=v.EngagementChannel),
            C("outcome", "text", "What came of it."),
        ),
        ("engagement_id",),
        ("held_on", "incident_id"),
    ),
    _fact(
        "transfer",
        "an arms transfer, or a notice or licence of one, on record",
        (
            C("transfer_id", "text", "Identifier of the transfer.", "Transfer", required=True),
            C("record_type", "text", "What is on record.", "Record", required=True, vocabulary=v.TransferRecord),
            C(
                "recipient",
                "text",
                "Receiving country, ISO 3166-1 alpha-3; empty where the recipient is no country of today.",
                codes=country_codes(),
            ),
            C("recipient_raw", "text", "Recipient in the source's words.", "Recipient, raw text", required=True),
            C(
                "supplier",
                "text",
                "Supplying country, ISO 3166-1 alpha-3; empty where the supplier is no country of today.",
                codes=country_codes(),
            ),
            C("supplier_raw", "text", "Supplier in the source's words.", "Supplier, raw text", required=True),
            C(
                "weapon_id",
                "text",
                "Weapon, where it is on the reference list.",
                "Weapon",
                references="weapon.weapon_id",
            ),
            C("designation", "text", "Designation as stated.", required=True),
            C("description", "text", "What it is, in the source's words."),
            C("order_year", "integer", "Year of the order.", minimum=1900, maximum=2100, unit="year"),
            C("is_order_year_estimated", "boolean", "Whether the source marks that year as uncertain."),
            C("notified_on", "date", "Day of the notice or licence.", "Notified on"),
            C("number", "integer", "Items ordered or notified.", minimum=0, unit="items"),
            C("is_number_estimated", "boolean", "Whether the source marks that number as uncertain."),
            C("number_delivered", "integer", "Items delivered.", minimum=0, unit="items"),
            C("is_number_delivered_estimated", "boolean", "Whether the source marks that number as uncertain."),
            C("delivered_years", "text_list", "Years of delivery."),
            C("condition", "text", "New or second hand, in the source's words."),
            C("value_usd", "float", "Value as notified.", "Value", unit="US dollars", minimum=0),
            C(
                "tiv_per_unit",
                "float",
                "SIPRI trend-indicator value of one item: a measure of volume, not a price.",
                "TIV per item",
                unit="million TIV",
                minimum=0,
            ),
            C("tiv_order", "float", "The same of the whole order.", "TIV of order", unit="million TIV", minimum=0),
            C(
                "tiv_delivered",
                "float",
                "The same of what was delivered.",
                "TIV delivered",
                unit="million TIV",
                minimum=0,
            ),
            C("channel", "text", "How it was made.", required=True, vocabulary=v.TransferChannel),
            C("case_number", "text", "Licence or case number."),
            C("url", "text", "Page of the record at its publisher.", "Address"),
            C("comments", "text", "Comments of the source."),
        ),
        ("transfer_id",),
        ("order_year",),
    ),
    Table(
        "series",
        "a published daily series",
        (
            C("series_id", "text", "Identifier of the series.", "Series", required=True),
            C("title", "text", "What is counted, where.", required=True),
            C("country", "text", "Country, ISO 3166-1 alpha-3.", codes=country_codes()),
            C("unit", "text", "What one counts: people, buildings, attacks.", required=True),
            C("is_cumulative", "boolean", "Whether a value counts all days up to its own.", required=True),
            C(
                "method",
                "text",
                "Whether the values are as reported.",
                required=True,
                vocabulary=v.SeriesMethod,
            ),
        ),
        ("series_id",),
        intake=True,
        sort=("series_id",),
    ),
    _fact(
        "context_series",
        "one day of a published series; drawn beside incidents, never summed with them",
        (
            C(
                "series_id",
                "text",
                "Identifier of the series.",
                "Series",
                required=True,
                references="series.series_id",
            ),
            C("date", "date", "Day.", required=True),
            C("value", "float", "Value; empty means that the series has none for that day."),
        ),
        ("series_id", "date"),
        (),
    ),
    Table(
        "candidate_pair",
        "two records that may be about the same event",
        (
            C("left_id", "text", "An incident, or a report that states a place.", "First", required=True),
            C("left_kind", "text", "Which of the two it is.", required=True, codes=("incident", "report")),
            INCIDENT_ID,
            C("left_dataset_id", "text", "Data set of the first.", "Data set of the first", required=True),
            C("dataset_id", "text", "Data set of the incident.", "Data set", required=True),
            C("apart_days", "integer", "Days between both; 0 where the dates overlap.", unit="days", minimum=0),
            C("distance_m", "float", "Distance between both points.", "Distance", unit="m", minimum=0),
            C(
                "match_probability",
                "float",
                "The model's probability that both are the same event.",
                required=True,
                minimum=0,
                maximum=1,
            ),
            C("reasons", "text", "How each comparison moved that probability, as JSON.", required=True),
            C("decision", "text", "What people decided.", required=True, vocabulary=v.PairDecision),
            C("decided_by", "text", "Who decided."),
            C("decided_on", "date", "When."),
            C("decision_reason", "text", "Why."),
            C("is_linked", "boolean", "Whether both count as the same event.", required=True),
        ),
        ("left_id", "incident_id"),
        sort=("left_id", "incident_id"),
    ),
    Table(
        "linkage_measure",
        "one measurement of the linkage against links that sources state",
        (
            C("truth", "text", "Which stated links it was measured on.", required=True),
            C("sample", "text", "The half used to choose the threshold, or the other one.", required=True),
            C("threshold", "float", "Probability from which a pair is linked.", required=True, minimum=0, maximum=1),
            C("stated", "integer", "Stated links in the sample.", required=True, minimum=0, unit="pairs"),
            C("found", "integer", "Of these, linked by the model.", required=True, minimum=0, unit="pairs"),
            C("unstated", "integer", "Linked by the model and not stated.", required=True, minimum=0, unit="pairs"),
            C("precision", "float", "Share of found and unstated pairs that are stated.", minimum=0, maximum=1),
            C("recall", "float", "Share of the stated pairs that are linked.", minimum=0, maximum=1),
        ),
        ("truth", "sample"),
        sort=("truth", "sample"),
    ),
    Table(
        "correction",
        "a declared correction that was applied",
        (
            INCIDENT_ID,
            C("field", "text", "Column that was corrected.", required=True),
            C("expected_value", "text", "Value that the source gives."),
            C("corrected_value", "text", "Value that stands in its place."),
            C("reason", "text", "Why.", required=True),
            C("evidence", "text", "On what it rests.", required=True),
            C("corrected_by", "text", "Who.", required=True),
            C("corrected_on", "date", "When.", required=True),
        ),
        ("incident_id", "field"),
        sort=("incident_id", "field"),
    ),
    Table(
        "quarantine",
        "an input row that was refused",
        (
            C("dataset_id", "text", "Data set.", "Data set", required=True, references="dataset.dataset_id"),
            C("known_on", "date", "Day of knowledge of the export.", required=True),
            C("file", "text", "File name.", required=True),
            C(
                "row_number",
                "integer",
                "Row in the file, the first after the header is 1.",
                "Row",
                required=True,
                minimum=1,
            ),
            C("rule", "text", "Name of the broken rule.", required=True),
            C("reason", "text", "What is wrong, in a sentence.", required=True),
            C("raw", "text", "The row as read, as JSON; restricted fields are blanked.", "Row as read"),
        ),
        ("dataset_id", "known_on", "file", "row_number"),
        sort=("dataset_id", "known_on", "file", "row_number"),
    ),
    Table(
        "validation_result",
        "one expectation's outcome in this build",
        (
            C("suite", "text", "Suite: the table it checks.", required=True),
            C("expectation", "text", "Name of the rule.", required=True),
            C("description", "text", "What is expected.", required=True),
            C("reason", "text", "Why it is expected.", required=True),
            C("severity", "text", "What a break means.", required=True, vocabulary=v.Severity),
            C("is_met", "boolean", "Whether every row met it.", "Met", required=True),
            C("evaluated", "integer", "Rows checked.", required=True, minimum=0, unit="rows"),
            C("unexpected", "integer", "Rows that broke it.", required=True, minimum=0, unit="rows"),
            C("sample", "text", "Keys of up to ten such rows, as JSON."),
        ),
        ("suite", "expectation"),
        sort=("suite", "expectation"),
    ),
    Table(
        "build",
        "this published warehouse",
        (
            C("build_id", "text", "Identifier of the build.", "Build", required=True),
            C("built_at", "timestamp", "When it was built, UTC.", "Built at", required=True),
            C("code_version", "text", "Version of the code.", required=True),
            C(
                "input_hashes",
                "text",
                "SHA-256 of every input file, corrections and decisions included, as JSON.",
                required=True,
            ),
            C("row_counts", "text", "Rows of every table, earlier versions apart, as JSON.", required=True),
            C("synthetic", "boolean", "Whether every row is generated for demonstration.", required=True),
        ),
        ("build_id",),
        sort=("build_id",),
    ),
)

TABLE: dict[str, Table] = {t.name: t for t in TABLES}
"""Tables by name."""

FACT_TABLES = tuple(t for t in TABLES if "known_from" in t.column_names)
INTAKE_TABLES = tuple(t for t in TABLES if t.intake)
