"""The file of rules: what it may say, and one sentence for each fault."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import vocabulary as v
from warehouse.errors import InputError
from warehouse.filters import Filters
from warehouse.watch_rules import EXAMPLE, Mail, Rule, Webhook, parse_rules, read_rules

RULE = '[[rule]]\nname = "r"\nwhen = "step_back"\n'
MAIL = '[mail]\nhost = "h"\nport = 25\nsecurity = "none"\nsender = "a@b.c"\nto = ["d@e.f"]\n'


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        parse_rules(text, "rules.toml")
    return caught.value.problems


def test_the_example_holds_every_kind_of_rule_and_sends_nothing() -> None:
    rules = parse_rules(EXAMPLE, "example")
    assert {rule.when for rule in rules.rules} == {"overdue", "civilians_killed", "step_back", "finding", "response"}
    assert (rules.webhook, rules.mail, rules.base_url) == (None, None, None)
    killed = next(rule for rule in rules.rules if rule.when == "civilians_killed")
    assert killed.filters == Filters(country=("PSE", "LBN"))
    assert killed.options == {"at_least": 10, "estimate": "lowest"}


def test_what_the_example_comments_out_is_taken_as_well() -> None:
    lines = EXAMPLE.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("# Nothing is sent")) + 1
    shown = [*lines[:start], *(line.removeprefix("# ") for line in lines[start:])]
    rules = parse_rules("\n".join(shown), "example")
    assert rules.webhook == Webhook("WATCH_WEBHOOK_URL", "WATCH_WEBHOOK_TOKEN", 10)
    assert rules.mail == Mail(
        "smtp.example.org", 587, "starttls", "civharm@example.org", ("desk@example.org",), "civharm",
        "WATCH_MAIL_PASSWORD", 20,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "rules.toml holds no rule; begin each one with the line [[rule]], see: civharm watch --example"),
        ("rule = 3", "rules.toml holds no rule; begin each one with the line [[rule]], see: civharm watch --example"),
        (RULE + "[smtp]", "rules.toml: smtp is not known; choose from rule, base_url, webhook, mail."),
        (RULE + "days = 3", "rules.toml, rule 1: days is not known here; choose from filter, name, when."),
        (RULE + RULE, "rules.toml, rule 2: the name 'r' is another rule's; give each its own."),
        ('[[rule]]\nwhen = "step_back"', "rules.toml, rule 1: name is missing."),
        (
            '[[rule]]\nname = "r"\nwhen = "late"',
            ("rules.toml, rule 1: when: 'late' is not known; choose from overdue, civilians_killed, step_back, "
            "finding, response."),
        ),
        (
            '[[rule]]\nname = "r"\nwhen = "overdue"\ndays = -1\nsince = "stage"',
            "rules.toml, rule 1: days is no whole number from 0 to 100,000.",
        ),
        (
            '[[rule]]\nname = "r"\nwhen = "overdue"\ndays = true\nsince = "stage"',
            "rules.toml, rule 1: days is no whole number from 0 to 100,000.",
        ),
        (
            '[[rule]]\nname = "r"\nwhen = "overdue"\ndays = 60',
            "rules.toml, rule 1: since is missing.",
        ),
        (
            '[[rule]]\nname = "r"\nwhen = "response"\nstatus = ["agreed"]',
            ("rules.toml, rule 1: status: 'agreed' is not known; choose from recommended, "
            "approved, implemented, declined."),
        ),
        (
            '[[rule]]\nname = "r"\nwhen = "finding"\nfinding = []',
            'rules.toml, rule 1: finding is no list of texts; write it as finding = ["..."].',
        ),
        (
            RULE + 'filter = ["Gaza"]',
            "rules.toml, rule 1: filter: 'Gaza' is not of the form FIELD=VALUE, such as country=PSE.",
        ),
        (
            RULE + 'filter = ["as_known_on=2024-01-01"]',
            "rules.toml, rule 1: filter: as_known_on cannot be watched, for a rule looks at what is known now.",
        ),
        (RULE + 'filter = ["date_from=soon"]',
         "rules.toml, rule 1: filter: date_from: 'soon' is no date; write it as 2024-01-31."),
        ('base_url = "javascript:alert(1)"\n' + RULE,
         "rules.toml: base_url is no address that begins with https:// or http://."),
        (RULE + '[webhook]\nurl_variable = "https://example.org/secret"',
         "rules.toml: webhook: url_variable is no name of an environment variable, such as WATCH_SECRET."),
        (RULE + '[webhook]\nurl_variable = "U"\ntimeout_s = 0',
         "rules.toml: webhook: timeout_s is no whole number from 1 to 300."),
        (RULE + MAIL.replace('"d@e.f"', r'"d@e.f\nBcc: x@y.z"'),
         r"rules.toml: mail: to: 'd@e.f\nBcc: x@y.z' is no mail address."),
        (RULE + MAIL.replace('"d@e.f"', '"d@e.f, x@y.z"'), "rules.toml: mail: to: 'd@e.f, x@y.z' is no mail address."),
        (RULE + MAIL + 'user = "u"',
         "rules.toml: mail: user and password_variable belong together; give both or neither."),
        (RULE + MAIL + 'password = "p"',
         ("rules.toml: mail: password is not known here; choose from host, password_variable, port, security, sender, "
         "timeout_s, to, user.")),
    ],
)  # fmt: skip
def test_one_sentence_for_each_fault(text: str, fault: str) -> None:
    assert fault in faults(text)


def test_a_password_is_never_sent_unencrypted() -> None:
    told = faults(RULE + MAIL + 'user = "u"\npassword_variable = "P"')
    assert told == (
        'rules.toml: mail: a password is not sent unencrypted; set security to "starttls" or "tls".',
    )  # fmt: skip


def test_all_faults_are_told_at_once() -> None:
    assert len(faults('[[rule]]\nname = 3\nwhen = "overdue"\n[mail]\nhost = ""')) >= 6


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "rules.toml", tmp_path / "none.toml"):
        with pytest.raises(InputError, match="cannot be read"):
            read_rules(path)


def written(rule: Rule) -> str:
    """A rule as a person would type it."""

    def literal(value: Any) -> str:
        if isinstance(value, int):
            return str(value)
        if isinstance(value, tuple):
            return f"[{', '.join(literal(item) for item in value)}]"
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    pairs = tuple(f"{name}={value}" for name, values in rule.filters.to_params().items() for value in values)
    entries = {"name": rule.name, "when": rule.when, **rule.options, "filter": pairs}
    return "\n".join(["[[rule]]", *(f"{key} = {literal(value)}" for key, value in entries.items())])


NAMES = st.text(min_size=1).filter(lambda text: text.isprintable() and text.strip())
OPTIONS = st.one_of(
    st.tuples(
        st.just("overdue"),
        st.fixed_dictionaries({"days": st.integers(0, 100_000), "since": st.sampled_from(["receipt", "stage"])}),
    ),
    st.tuples(
        st.just("civilians_killed"),
        st.fixed_dictionaries(
            {"at_least": st.integers(1, 2**63 - 1), "estimate": st.sampled_from(["lowest", "highest"])}
        ),
    ),
    st.tuples(st.just("step_back"), st.just({})),
    st.tuples(
        st.just("finding"),
        st.lists(st.sampled_from(v.Finding.values()), min_size=1).map(lambda f: {"finding": tuple(f)}),
    ),
    st.tuples(
        st.just("response"),
        st.lists(st.sampled_from(v.ResponseStatus.values()), min_size=1).map(lambda f: {"status": tuple(f)}),
    ),
)
FILTERS = st.builds(
    Filters,
    country=st.lists(st.sampled_from(["PSE", "NGA", "UKR"]), unique=True).map(tuple),
    date_from=st.none() | st.dates(),
    minimum_civilians_killed=st.none() | st.integers(0, 100),
    text=st.text(alphabet="ab\"\\'=é ر"),
)


@given(st.dictionaries(NAMES, st.tuples(OPTIONS, FILTERS), min_size=1, max_size=4))
def test_rules_are_read_as_they_were_written(content: dict[str, Any]) -> None:
    rules = tuple(Rule(name, when, filters, options) for name, ((when, options), filters) in content.items())
    read = parse_rules("\n".join(written(rule) for rule in rules), "rules.toml").rules
    assert read == rules
    assert [rule.fingerprint for rule in read] == [rule.fingerprint for rule in rules]


@given(st.text() | st.text(alphabet='[]rule="\n#{}name when'))
def test_any_text_is_rules_or_sentences(text: str) -> None:
    try:
        parse_rules(text, "rules.toml")
    except InputError as error:
        told = error.problems
    else:
        told = ()
    assert all(problem.startswith("rules.toml") for problem in told)


@pytest.mark.parametrize("key", ["name", "when", "days", "since", "filter", "at_least", "finding"])
@pytest.mark.parametrize("value", ["1979-05-27", "{}", "[[]]", "[1]", "1.5", "true", '"\\n"', '""', "[]", "inf"])
def test_a_value_of_any_type_is_a_sentence_or_a_rule(key: str, value: str) -> None:
    text = f"[[rule]]\n{key} = {value}\n"
    tomllib.loads(text)
    assert all(problem.startswith("rules.toml, rule 1: ") for problem in faults(text))
