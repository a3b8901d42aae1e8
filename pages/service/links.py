"""Signed links to downloads: each holds what is to be downloaded, works once and not for long."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from secrets import token_urlsafe

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from pages import wording_service as words
from pages.components import settings
from warehouse.errors import CivharmError, GoneError
from warehouse.extracts import FORMATS, Format, Request

PREFIX = "/download"
LIFE_S = 3_600
"""As long as a page is left open before somebody clicks; the build that it showed is kept for longer."""


class ForgedError(CivharmError):
    """A link that this server did not sign."""


@dataclass(frozen=True)
class Link:
    """What a link stands for.

    Attributes:
        rows: how many the page promises.
        file_name, media_type: of what is sent.
    """

    request: Request
    build_id: str
    chosen: Format
    rows: int
    file_name: str
    media_type: str
    job_id: str = field(default_factory=lambda: token_urlsafe(16))


def sign(link: Link) -> str:
    """The token of a link.

    Raises:
        CivharmError: the operator's secret cannot be used.
    """
    said = [link.build_id, link.chosen.suffix, link.rows, link.file_name, link.media_type, link.job_id]
    return str(_signer().dumps([link.request.to_values(), *said]))


def opened(token: str) -> Link:
    """What a token stands for.

    Raises:
        GoneError: it has expired, or private reports are shown no more.
        ForgedError: the signature is wrong.
    """
    try:
        held = _signer().loads(token, max_age=LIFE_S)
    except SignatureExpired as error:
        raise GoneError(words.EXPIRED) from error
    except BadSignature as error:
        raise ForgedError(words.FORGED) from error
    values, build_id, suffix, *said = held
    request = Request.from_values(values)
    if request.show_private and not settings.shows_private():
        raise GoneError(words.EXPIRED)  # signed while private reports were shown
    return Link(request, build_id, FORMATS[suffix], *said)


def _signer() -> URLSafeTimedSerializer:
    # SHA-1 is the library's default.
    keywords = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(settings.secret(), salt="civharm.download", signer_kwargs=keywords)
