"""Rules of `civharm watch`: what to report, and where to send it, read from a TOML file. See docs/watch.md.

The file holds no secret: addresses with a secret in them, tokens and passwords are read from environment variables that
it names.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from warehouse import vocabulary as v
from warehouse.errors import FilterError, InputError
from warehouse.filters import LARGEST_NUMBER, Filters
from warehouse.toml_values import Values, is_mail_address

EXAMPLE = """\
# Rules for: civharm watch rules.toml
# Each [[rule]] needs a name of its own and says when something is worth a notice. A filter takes the same FIELD=VALUE
# pairs as civharm extract; the same field twice means either.

# Where the dashboard is served: notices then link to an incident's page.
# base_url = "https://dashboard.example.org"

[[rule]]
name = "Overdue: no end within 60 days of receipt"
when = "overdue"
days = 60
since = "receipt"            # or "stage": days in the stage it is in

[[rule]]
name = "At least 10 civilians reported killed"
when = "civilians_killed"    # an incident that is new, or revised to so many
at_least = 10
estimate = "lowest"          # or "highest"
filter = ["country=PSE", "country=LBN"]

[[rule]]
name = "Sent back or reopened"
when = "step_back"

[[rule]]
name = "Likely violation"
when = "finding"
finding = ["likely_violation"]

[[rule]]
name = "Response decided"
when = "response"
status = ["approved", "implemented", "declined"]

# Nothing is sent unless one of these is there. Take the "#" away to use it.

# [webhook]                            # one POST with all new matches as JSON
# url_variable = "WATCH_WEBHOOK_URL"   # environment variable that holds the address
# token_variable = "WATCH_WEBHOOK_TOKEN"   # optional; sent as "Authorization: Bearer ..."
# timeout_s = 10

# [mail]
# host = "smtp.example.org"
# port = 587
# security = "starttls"                # or "tls", or "none" for a server that takes mail without a password
# sender = "civharm@example.org"
# to = ["desk@example.org"]
# user = "civharm"                     # optional, with:
# password_variable = "WATCH_MAIL_PASSWORD"
# timeout_s = 20
"""
"""What `civharm watch --example` prints."""

OVERDUE, CIVILIANS_KILLED, STEP_BACK, FINDING, RESPONSE = (
    "overdue", "civilians_killed", "step_back", "finding", "response",
)  # fmt: skip
T = TypeVar("T")
_TIMEOUT_S = 10
"""Long for one request, short for a command that a timer starts."""
_LONGEST_S = 300
_MOST_DAYS = 100_000
"""More than any wait can last; an end for sums of days."""


@dataclass(frozen=True)
class Rule:
    """What to report.

    Attributes:
        when: `OVERDUE`, `CIVILIANS_KILLED`, `STEP_BACK`, `FINDING` or `RESPONSE`.
        options: what `when` takes: days and since; at_least and estimate; finding; status. Lists are tuples.
    """

    name: str
    when: str
    filters: Filters
    options: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """Changes with what the rule matches, not with its name."""
        content = [self.when, sorted(self.options.items()), sorted(self.filters.to_params().items())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True)
class Webhook:
    """Where to POST; names of environment variables, and seconds."""

    url_variable: str
    token_variable: str | None
    timeout_s: float


@dataclass(frozen=True)
class Mail:
    """Through which server to send to whom."""

    host: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    user: str | None
    password_variable: str | None
    timeout_s: float


@dataclass(frozen=True)
class Rules:
    """A file of rules; `webhook` and `mail` are None where nothing is to be sent that way."""

    rules: tuple[Rule, ...]
    base_url: str | None = None
    webhook: Webhook | None = None
    mail: Mail | None = None


def read_rules(path: Path) -> Rules:
    """The rules of a file.

    Raises:
        InputError: lists every fault, each with its rule.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
    return parse_rules(text, path.name)


def parse_rules(text: str, name: str) -> Rules:
    """The rules of a text.

    Args:
        name: of the file, for errors.

    Raises:
        InputError: lists every fault, each with its rule.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} cannot be read as TOML: {error}.") from error
    problems = [
        f"{name}: {key} is not known; choose from rule, base_url, webhook, mail."
        for key in content
        if key not in ("rule", "base_url", "webhook", "mail")
    ]
    entries = content.get("rule", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        problems.append(f"{name} holds no rule; begin each one with the line [[rule]], see: civharm watch --example")
        entries = []
    rules: list[Rule] = []
    for number, entry in enumerate(entries, 1):
        where = f"{name}, rule {number}"
        faults: list[str] = []
        rule = _rule(entry, faults)
        if rule and rule.name in {other.name for other in rules}:
            faults.append(f"the name {rule.name!r} is another rule's; give each its own")
        problems += [f"{where}: {fault}." for fault in faults]
        if rule and not faults:
            rules.append(rule)
    faults = []
    base_url = content.get("base_url")
    if base_url is not None and not _is_web_address(base_url):
        faults.append("base_url is no address that begins with https:// or http://")
    webhook = _section(content, "webhook", _webhook, faults)
    mail = _section(content, "mail", _mail, faults)
    problems += [f"{name}: {fault}." for fault in faults]
    if problems:
        raise InputError(problems)
    return Rules(tuple(rules), base_url, webhook, mail)


def _rule(entry: Mapping[str, Any], faults: list[str]) -> Rule | None:
    take = Values(entry, faults)
    name = take.text("name")
    when = take.text("when", choices=tuple(_OPTIONS))
    options = _OPTIONS[when](take) if when in _OPTIONS else {}
    filters = _filters(take.texts("filter", required=False), faults)
    if when in _OPTIONS:
        take.refuse_others()
    return Rule(name, when, filters, options) if name and when and not faults else None


_OPTIONS: dict[str, Callable[[Values], dict[str, Any]]] = {
    OVERDUE: lambda take: {
        "days": take.number("days", most=_MOST_DAYS),
        "since": take.text("since", choices=("receipt", "stage")),
    },
    CIVILIANS_KILLED: lambda take: {
        "at_least": take.number("at_least", most=LARGEST_NUMBER, least=1),
        "estimate": take.text("estimate", choices=("lowest", "highest")),
    },
    STEP_BACK: lambda _: {},
    FINDING: lambda take: {"finding": take.texts("finding", choices=v.Finding.values())},
    RESPONSE: lambda take: {"status": take.texts("status", choices=v.ResponseStatus.values())},
}
"""Value of `when` -> the options it takes."""


def _filters(pairs: Sequence[str], faults: list[str]) -> Filters:
    params: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        field, equals, value = pair.partition("=")
        if not equals:
            faults.append(f"filter: {pair!r} is not of the form FIELD=VALUE, such as country=PSE")
        elif field == "as_known_on":
            faults.append("filter: as_known_on cannot be watched, for a rule looks at what is known now")
        else:
            params[field].append(value)
    try:
        return Filters.from_params(params)
    except FilterError as error:
        faults.append(f"filter: {str(error).rstrip('.')}")
        return Filters()


def _section(content: Mapping[str, Any], name: str, read: Callable[[Values], T], faults: list[str]) -> T | None:
    if name not in content:
        return None
    if not isinstance(content[name], dict):
        faults.append(f"{name} is no table; begin it with the line [{name}]")
        return None
    mine: list[str] = []
    take = Values(content[name], mine)
    made = read(take)
    take.refuse_others()
    faults += [f"{name}: {fault}" for fault in mine]
    return made


def _webhook(take: Values) -> Webhook:
    return Webhook(
        url_variable=take.variable("url_variable"),
        token_variable=take.variable("token_variable", required=False) or None,
        timeout_s=take.number("timeout_s", most=_LONGEST_S, least=1, default=_TIMEOUT_S),
    )


def _mail(take: Values) -> Mail:
    mail = Mail(
        host=take.text("host"),
        port=take.number("port", most=65_535, least=1),
        security=take.text("security", choices=("starttls", "tls", "none")),
        sender=take.address("sender"),
        to=tuple(dict.fromkeys(take.texts("to"))),
        user=take.text("user", required=False) or None,
        password_variable=take.variable("password_variable", required=False) or None,
        timeout_s=take.number("timeout_s", most=_LONGEST_S, least=1, default=_TIMEOUT_S),
    )
    take.faults.extend(f"to: {to!r} is no mail address" for to in mail.to if not is_mail_address(to))
    if (mail.user is None) != (mail.password_variable is None):
        take.faults.append("user and password_variable belong together; give both or neither")
    if mail.security == "none" and mail.user:
        take.faults.append('a password is not sent unencrypted; set security to "starttls" or "tls"')
    return mail


def _is_web_address(value: Any) -> bool:
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)
