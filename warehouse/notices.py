"""How matches leave the machine: an Atom feed in a file, one POST of JSON, one mail a recipient.

Nothing is sent that the rules do not ask for. Every error is one sentence without addresses that may hold a secret.
"""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, fields
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from warehouse.errors import NoticeError
from warehouse.watch_matches import Match, one_line
from warehouse.watch_rules import Mail, Webhook
from warehouse.watch_state import Notice

ATOM = "http://www.w3.org/2005/Atom"
SYNTHETIC = "SYNTHETIC DATA, generated for demonstration. Nothing here describes a real event."
COLUMNS = ("id", "found_at", "build_id", *(f.name for f in fields(Match)), "title", "link")
"""Columns of `rows`."""
_TITLE = "Civilian Harm Dashboard: new matches"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def link(base_url: str | None, incident_id: str) -> str | None:
    """Address of the incident's page, where the rules say where the dashboard is."""
    return None if base_url is None else f"{base_url.rstrip('/')}/incident?id={quote(incident_id, safe='')}"


def atom(feed_id: str, notices: Sequence[Notice], base_url: str | None, now: str) -> str:
    """The notices as an Atom feed (RFC 4287), the newest first.

    Args:
        now: moment of this run, for a feed without entries.
    """
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", UUID(feed_id).urn)
    any_synthetic = any(notice.match.synthetic for notice in notices)
    _add(feed, "title", f"SYNTHETIC: {_TITLE}" if any_synthetic else _TITLE)
    if any_synthetic:
        _add(feed, "subtitle", SYNTHETIC)
    _add(feed, "updated", max((notice.found_at for notice in notices), default=now))
    _add(ET.SubElement(feed, f"{{{ATOM}}}author"), "name", "Civilian Harm Dashboard")
    for notice in sorted(notices, key=lambda n: n.found_at, reverse=True):
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
        _add(entry, "id", notice.id)
        _add(entry, "title", notice.match.title)
        _add(entry, "updated", notice.found_at)
        ET.SubElement(entry, f"{{{ATOM}}}category", term=notice.match.when)
        if address := link(base_url, notice.match.incident_id):
            ET.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=address)
        _add(entry, "content", _marked(notice)).set("type", "text")
    ET.indent(feed)
    return ET.tostring(feed, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="utf-8"?>\n', "\n")
    )


def rows(notices: Sequence[Notice], base_url: str | None) -> list[dict[str, Any]]:
    """The notices as flat rows with `COLUMNS`."""
    return [
        {"id": n.id, "found_at": n.found_at, "build_id": n.build_id}
        | asdict(n.match)
        | {"title": n.match.title, "link": link(base_url, n.match.incident_id)}
        for n in notices
    ]


def payload(notices: Sequence[Notice], base_url: str | None) -> dict[str, Any]:
    """What is POSTed."""
    synthetic = any(notice.match.synthetic for notice in notices)
    return {
        "from": "civharm watch",
        "synthetic": synthetic,
        "note": SYNTHETIC if synthetic else None,
        "matches": rows(notices, base_url),
    }


def message(mail: Mail, to: str, notices: Sequence[Notice], base_url: str | None) -> EmailMessage:
    """One plain-text mail about all notices. No text from data stands in a header."""
    count = f"{len(notices):,} new {'match' if len(notices) == 1 else 'matches'}"
    synthetic = any(notice.match.synthetic for notice in notices)
    made = EmailMessage()
    made["Subject"] = f"{'SYNTHETIC: ' if synthetic else ''}Civilian harm: {count}"
    made["From"] = mail.sender
    made["To"] = to
    made["Date"] = formatdate()
    # The same notices to the same person are the same message, should it have to be sent again.
    identifier = uuid5(UUID(notices[0].id), json.dumps([to, [notice.id for notice in notices]]))
    made["Message-ID"] = f"<{identifier}@{mail.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    parts = [SYNTHETIC] if synthetic else []
    parts.append(f"civharm watch found {count}.")
    for notice in notices:
        address = link(base_url, notice.match.incident_id)
        parts.append("\n".join([one_line(notice.match.rule), _marked(notice), *([address] if address else [])]))
    parts.append("The counts of killed are low to high, as known on the day of the data; unknown is never zero.")
    made.set_content("\n\n".join(parts) + "\n")
    return made


def post(webhook: Webhook, notices: Sequence[Notice], base_url: str | None) -> None:
    """POST the notices; any answer but 2xx is a failure, a redirect too.

    Raises:
        NoticeError: they were not accepted.
    """
    url, token = _variable(webhook.url_variable), None
    if webhook.token_variable:
        token = _variable(webhook.token_variable)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise NoticeError(f"The value of {webhook.token_variable} holds a character that no token has.")
    _check_address(url, webhook.url_variable)
    headers = {"Content-Type": "application/json", "User-Agent": "civharm-watch"}
    body = json.dumps(payload(notices, base_url)).encode()
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 (scheme checked above)
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    why = "did not answer as a web server does"
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=webhook.timeout_s):
            return
    except urllib.error.HTTPError as error:
        why = f"answered {error.code}, not 2xx"
        error.close()
    except TimeoutError:
        why = f"did not answer within {webhook.timeout_s:g} s"
    except urllib.error.URLError as error:
        late = isinstance(error.reason, TimeoutError)
        why = f"did not answer within {webhook.timeout_s:g} s" if late else f"was not reached: {_reason(error.reason)}"
    except OSError as error:
        why = f"broke off: {_reason(error)}"
    except (http.client.HTTPException, ValueError):
        pass
    raise NoticeError(f"The webhook of {webhook.url_variable} {why}.")


def send(mail: Mail, to: str, notices: Sequence[Notice], base_url: str | None) -> None:
    """Mail the notices to one recipient.

    Raises:
        NoticeError: the server did not accept the mail.
    """
    password = _variable(mail.password_variable) if mail.password_variable else None
    where = f"{mail.host}:{mail.port}"
    context = ssl.create_default_context()
    try:
        server: smtplib.SMTP
        if mail.security == "tls":
            server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.timeout_s, context=context)
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout_s)
        with server:
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user and password:
                server.login(mail.user, password)
            server.send_message(message(mail, to, notices, base_url), mail.sender, [to])
    except smtplib.SMTPRecipientsRefused as error:
        raise NoticeError(f"The mail server {where} refused {to}: {_answer(*error.recipients[to])}.") from error
    except smtplib.SMTPResponseException as error:
        raise NoticeError(
            f"The mail server {where} did not take the mail to {to}: {_answer(error.smtp_code, error.smtp_error)}."
        ) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NoticeError(f"The mail to {to} was not sent through {where}: {_reason(error)}.") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its content and look delivered."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


def _check_address(url: str, variable: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise NoticeError(f"The value of {variable} is no address that begins with https:// (http:// on this machine).")


def _variable(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise NoticeError(f"The environment variable {name}, which the rules name, is not set.")
    return value


def _marked(notice: Notice) -> str:
    return f"{SYNTHETIC} {notice.match.text}" if notice.match.synthetic else notice.match.text


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = one_line(text)
    return child


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {one_line(text)}".rstrip(".")


def _reason(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror).rstrip(".")
    return one_line(str(error)).rstrip(".") or type(error).__name__
