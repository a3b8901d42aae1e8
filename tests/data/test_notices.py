"""Notices as they leave: a valid feed, a real web server, a real mail server, and failures that lose nothing."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from warehouse import notices as module
from warehouse.watch import watch
from warehouse.watch_matches import Match
from warehouse.watch_rules import Mail
from warehouse.watch_state import Notice, State, load, state_file

RULE = """
[[rule]]
name = "Likely violation"
when = "finding"
finding = ["likely_violation"]
"""
FEED_ID = "0b0f3f2e-6c1f-4b55-9d0c-3f2f4f9f1c11"
ATOM = "{http://www.w3.org/2005/Atom}"
PASSWORD = "correct horse"  # noqa: S105 (of the test's own server)
MATCH = Match(
    "r", "overdue", "k", "2024-10-30", "demo:x", "X", "PSE", "Rafah", "received", 1, 2, 3, "X: overdue.", synthetic=True
)


def notice(match: Match, number: int = 0) -> Notice:
    return State(FEED_ID).notice(replace(match, key=str(number)), f"2024-11-0{number % 9 + 1}T00:00:00Z", "b")


# The feed


def valid_atom(text: str) -> ET.Element:
    """What RFC 4287 asks of a feed and its entries: sections 4.1.1, 4.1.2, 3.3, 4.2.6."""
    feed = ET.fromstring(text.encode())  # noqa: S314 (our own text)
    assert feed.tag == f"{ATOM}feed"
    for parent in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (element,) = parent.findall(f"{ATOM}{name}")
            assert element.text
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", parent.findtext(f"{ATOM}id") or "")
        datetime.fromisoformat((parent.findtext(f"{ATOM}updated") or "").replace("Z", "+00:00"))
        # An entry without a link has content.
        assert parent is feed or parent.find(f"{ATOM}content") is not None
        assert len([link for link in parent.findall(f"{ATOM}link") if link.get("rel") == "alternate"]) <= 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    return feed


def test_feed_of_nothing_and_of_some() -> None:
    empty = valid_atom(module.atom(FEED_ID, [], None, "2024-11-01T00:00:00Z"))
    assert empty.findtext(f"{ATOM}updated") == "2024-11-01T00:00:00Z"
    some = [notice(MATCH, number) for number in range(3)]
    feed = valid_atom(module.atom(FEED_ID, some, "https://d.example.org", "2025-01-01T00:00:00Z"))
    assert feed.findtext(f"{ATOM}updated") == "2024-11-03T00:00:00Z"
    assert [e.findtext(f"{ATOM}id") for e in feed.findall(f"{ATOM}entry")] == [n.id for n in reversed(some)]
    assert "SYNTHETIC" in (feed.findtext(f"{ATOM}title") or "")
    for entry in feed.findall(f"{ATOM}entry"):
        assert "SYNTHETIC" in (entry.findtext(f"{ATOM}title") or "")
        assert "SYNTHETIC" in (entry.findtext(f"{ATOM}content") or "")
        (link,) = entry.findall(f"{ATOM}link")
        assert link.get("href") == "https://d.example.org/incident?id=demo%3Ax"
    real = valid_atom(module.atom(FEED_ID, [notice(replace(MATCH, synthetic=False))], None, "2025-01-01T00:00:00Z"))
    assert "SYNTHETIC" not in ET.tostring(real, encoding="unicode")


@given(st.text(), st.text(), st.text(min_size=1))
def test_no_text_breaks_the_feed_or_a_header(place: str, text: str, incident: str) -> None:
    hostile = notice(replace(MATCH, rule=place, public_code=None, incident_id=incident, text=text))
    feed = valid_atom(module.atom(FEED_ID, [hostile], "https://d.example.org", "2025-01-01T00:00:00Z"))
    assert len(list(feed.iter())) == 14
    mail = Mail("h", 25, "none", "a@b.c", ("d@e.f",), None, None, 5)
    made = module.message(mail, "d@e.f", [hostile], None)
    parsed = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert sorted(parsed.keys()) == sorted(made.keys())
    assert parsed["To"] == "d@e.f"
    assert parsed.get_content_type() == "text/plain"


# A web server


@dataclass
class Web:
    """A server on this machine that answers with `status` and keeps what it was sent."""

    status: int = 200
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""
    wait_s: float = 0
    let_go: threading.Event = field(default_factory=threading.Event)
    """Ends the wait of a request that nobody waits for any more."""


@pytest.fixture
def web() -> Iterator[Web]:
    kept = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.seen.append(("POST", dict(self.headers), json.loads(body)))
            kept.let_go.wait(kept.wait_s)
            self.send_response(kept.status)
            if 300 <= kept.status < 400:
                self.send_header("Location", kept.url)
            self.end_headers()

        def do_GET(self) -> None:
            kept.seen.append(("GET", dict(self.headers), None))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/secret-path"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def demo_copy(demo_warehouse: Path, tmp_path: Path) -> Path:
    return shutil.copytree(demo_warehouse, tmp_path / "warehouse").resolve()


def rules_file(folder: Path, more: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(RULE + more, encoding="utf-8")
    return path


HOOK = '[webhook]\nurl_variable = "WATCH_URL"\ntoken_variable = "WATCH_TOKEN"\ntimeout_s = 1\n'


class TestWebhook:
    @pytest.fixture(autouse=True)
    def variables(self, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WATCH_URL", web.url)
        monkeypatch.setenv("WATCH_TOKEN", "token-of-the-test")

    def test_one_post_with_all_matches(self, web: Web, demo_copy: Path, tmp_path: Path) -> None:
        rules = rules_file(tmp_path, HOOK)
        outcome = watch(demo_copy, rules)
        assert outcome.failures == ()
        ((method, headers, body),) = web.seen
        assert (method, headers["Authorization"], headers["Content-Type"]) == (
            "POST", "Bearer token-of-the-test", "application/json",
        )  # fmt: skip
        assert [m["id"] for m in body["matches"]] == [n.id for n in outcome.notices] != []
        assert body["synthetic"] is True
        assert "SYNTHETIC" in body["note"]
        # No field of a report, and not the summary.
        assert set(body["matches"][0]) == {*module.COLUMNS}
        assert not {"summary", "raw_text", "submitted_by", "reason", "waiting_on"} & set(body["matches"][0])
        assert watch(demo_copy, rules).failures == ()
        assert len(web.seen) == 1, "nothing new, so no request"

    def test_nothing_is_sent_unasked(self, web: Web, demo_copy: Path, tmp_path: Path) -> None:
        assert watch(demo_copy, rules_file(tmp_path, "")).notices
        assert not web.seen

    @pytest.mark.parametrize("status", [302, 307, 400, 401, 500])
    def test_an_answer_that_is_no_success_is_tried_again(
        self, status: int, web: Web, demo_copy: Path, tmp_path: Path
    ) -> None:
        rules = rules_file(tmp_path, HOOK)
        web.status = status
        failed = watch(demo_copy, rules)
        number = len(failed.notices)
        assert failed.failures == (
            (
                f"The webhook of WATCH_URL answered {status}, not 2xx. Not delivered: {number} by webhook; the next "
                "run tries again."
            ),
        )
        assert [method for method, *_ in web.seen] == ["POST"], "a redirect is not followed"
        web.status = 204
        again = watch(demo_copy, rules)
        assert (again.notices, again.failures) == ((), ())
        assert f"{number} earlier notices were not delivered yet and are tried again." in again.said
        assert [m["id"] for m in web.seen[-1][2]["matches"]] == [n.id for n in failed.notices]
        watch(demo_copy, rules)
        assert len(web.seen) == 2

    def test_a_server_that_does_not_answer(self, web: Web, demo_copy: Path, tmp_path: Path) -> None:
        web.wait_s = 1.5
        (failure,) = watch(demo_copy, rules_file(tmp_path, HOOK)).failures
        assert failure.startswith("The webhook of WATCH_URL did not answer within 1 s.")

    def test_a_server_that_is_not_there_and_no_secret_in_the_sentence(
        self, web: Web, demo_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        monkeypatch.setenv("WATCH_URL", f"http://127.0.0.1:{port}/secret-path")
        (failure,) = watch(demo_copy, rules_file(tmp_path, HOOK)).failures
        assert failure.startswith("The webhook of WATCH_URL was not reached: Connection refused.")
        assert "secret" not in failure

    @pytest.mark.parametrize(
        ("url", "token", "sentence"),
        [
            ("", "t", "The environment variable WATCH_URL, which the rules name, is not set."),
            ("ftp://h/secret", "t", "The value of WATCH_URL is no address that begins with https://"),
            ("http://example.org/secret", "t", "The value of WATCH_URL is no address that begins with https://"),
            ("file:///etc/passwd", "t", "The value of WATCH_URL is no address that begins with https://"),
            (None, "secret\r\nX: y", "The value of WATCH_TOKEN holds a character that no token has."),
            ("http://127.0.0.1:1/secret\r\nX: y", "t", "The webhook of WATCH_URL"),
        ],
    )
    def test_variables_that_cannot_be_used(
        self, url: str | None, token: str, sentence: str, web: Web, demo_copy: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        if url is not None:
            monkeypatch.setenv("WATCH_URL", url)
        monkeypatch.setenv("WATCH_TOKEN", token)
        (failure,) = watch(demo_copy, rules_file(tmp_path, HOOK)).failures
        assert failure.startswith(sentence)
        assert "secret" not in failure
        assert not web.seen

    def test_a_run_that_is_cut_off_before_the_delivery_loses_nothing(
        self, web: Web, demo_copy: Path, tmp_path: Path
    ) -> None:
        """The process is killed while the server keeps it waiting: the matches are written down, and come again."""
        rules = rules_file(tmp_path, HOOK.replace("timeout_s = 1", "timeout_s = 60"))
        web.wait_s = 60
        program = (
            "import sys; from pathlib import Path; from warehouse.watch import watch; watch(*map(Path, sys.argv[1:]))"
        )
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            [str(root / ".venv" / "bin" / "python"), "-c", program, str(demo_copy), str(rules)], cwd=root
        )
        while not web.seen:
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
        process.wait()
        ids = [m["id"] for m in web.seen[0][2]["matches"]]
        waiting = load(state_file(demo_copy, rules))
        assert [n.id for n in waiting.due_on("webhook")] == ids != []
        web.wait_s = 0
        web.let_go.set()
        again = watch(demo_copy, rules)
        assert again.notices == ()
        assert [m["id"] for m in web.seen[1][2]["matches"]] == ids
        assert not load(state_file(demo_copy, rules)).due


# A mail server


class Mailbox:
    """Keeps what it was sent; refuses one recipient as long as it is told to."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refused = ""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == self.refused:
            return "550 no such\tperson"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.mails.append((envelope.rcpt_tos[0], parsed))
        return "250 OK"


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
) -> AuthResult:
    is_right = (login.login, login.password) == (b"civharm", PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[Mailbox, int]]]:
    """Function that starts a mail server on a free port of this machine."""
    running: list[Controller] = []

    def started(**options: Any) -> tuple[Mailbox, int]:
        mailbox = Mailbox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return mailbox, port

    yield started
    for controller in running:
        controller.stop(no_assert=True)


def mail_section(port: int, security: str = "none", more: str = "", to: str = '"desk@example.org"') -> str:
    return (
        f'[mail]\nhost = "localhost"\nport = {port}\nsecurity = "{security}"\nsender = "civharm@example.org"\n'
        f"to = [{to}]\ntimeout_s = 10\n{more}"
    )


LOGIN = 'user = "civharm"\npassword_variable = "WATCH_PASSWORD"\n'


class TestMail:
    def test_one_plain_mail_a_recipient(
        self, start: Callable[..., tuple[Mailbox, int]], demo_copy: Path, tmp_path: Path
    ) -> None:
        mailbox, port = start()
        rules = rules_file(tmp_path, mail_section(port, to='"a@example.org", "b@example.org"'))
        outcome = watch(demo_copy, rules)
        assert outcome.failures == ()
        assert [to for to, _ in mailbox.mails] == ["a@example.org", "b@example.org"]
        for to, mail in mailbox.mails:
            assert mail["To"] == to
            assert mail["Subject"] == f"SYNTHETIC: Civilian harm: {len(outcome.notices)} new matches"
            assert mail.get_content_type() == "text/plain"
            text = mail.get_content()
            assert text.startswith("SYNTHETIC DATA")
            assert all(" ".join(n.match.text.split()) in " ".join(text.split()) for n in outcome.notices)
        watch(demo_copy, rules)
        assert len(mailbox.mails) == 2

    def test_starttls_and_password(
        self, start: Callable[..., tuple[Mailbox, int]], certificate: tuple[Path, Path], demo_copy: Path,
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        mailbox, port = start(
            tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True
        )
        rules = rules_file(tmp_path, mail_section(port, "starttls", LOGIN))

        monkeypatch.delenv("WATCH_PASSWORD", raising=False)
        (failure,) = watch(demo_copy, rules).failures
        assert failure.startswith("The environment variable WATCH_PASSWORD, which the rules name, is not set.")

        monkeypatch.setenv("WATCH_PASSWORD", PASSWORD)
        (failure,) = watch(demo_copy, rules).failures
        assert "certificate verify failed" in failure, "a certificate that nobody vouches for is refused"

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        monkeypatch.setenv("WATCH_PASSWORD", "wrong secret")
        (failure,) = watch(demo_copy, rules).failures
        assert re.match(r"The mail server localhost:\d+ did not take the mail to desk@example.org: 535 ", failure)
        assert "secret" not in failure
        assert not mailbox.mails

        monkeypatch.setenv("WATCH_PASSWORD", PASSWORD)
        done = watch(demo_copy, rules)
        assert done.failures == ()
        assert len(mailbox.mails) == 1

    def test_a_server_without_starttls_gets_nothing(
        self, start: Callable[..., tuple[Mailbox, int]], demo_copy: Path, tmp_path: Path
    ) -> None:
        mailbox, port = start()
        (failure,) = watch(demo_copy, rules_file(tmp_path, mail_section(port, "starttls"))).failures
        assert re.match(r"The mail to desk@example.org was not sent through localhost:\d+: STARTTLS ", failure)
        assert not mailbox.mails

    def test_who_took_it_is_not_mailed_again(
        self, start: Callable[..., tuple[Mailbox, int]], demo_copy: Path, tmp_path: Path
    ) -> None:
        mailbox, port = start()
        mailbox.refused = "a@example.org"
        rules = rules_file(tmp_path, mail_section(port, to='"a@example.org", "b@example.org"'))
        (failure,) = watch(demo_copy, rules).failures
        assert "refused a@example.org: 550 no such person." in failure
        assert [to for to, _ in mailbox.mails] == ["b@example.org"]
        mailbox.refused = ""
        assert watch(demo_copy, rules).failures == ()
        assert [to for to, _ in mailbox.mails] == ["b@example.org", "a@example.org"]

    def test_a_server_that_is_not_there_and_a_recipient_who_is_taken_out(
        self, start: Callable[..., tuple[Mailbox, int]], demo_copy: Path, tmp_path: Path
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            nobody = free.getsockname()[1]
        rules = rules_file(tmp_path, mail_section(nobody))
        failed = watch(demo_copy, rules)
        assert f"was not sent through localhost:{nobody}: Connection refused." in failed.failures[0]
        mailbox, port = start()
        rules_file(tmp_path, mail_section(port, to='"other@example.org"'))
        done = watch(demo_copy, rules)
        assert any("waited for a channel that the rules no longer name" in line for line in done.said)
        assert (done.failures, mailbox.mails) == ((), [])


def test_a_mail_that_is_sent_again_is_the_same_message() -> None:
    mail = Mail("h", 25, "none", "a@b.c", ("d@e.f",), None, None, 5)
    ids = {str(module.message(mail, to, [notice(MATCH)], None)["Message-ID"]) for to in ("d@e.f", "d@e.f", "g@h.i")}
    assert len(ids) == 2
