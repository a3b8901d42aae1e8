"""Sets a document as PDF (Typst) or as one HTML file (Jinja2) from the same data.

Text from sources reaches a template as data alone, never as markup: Typst reads it from JSON, Jinja2 escapes it.
Nothing is fetched and no font of the machine is used, so that the same document gives the same bytes everywhere.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import typst
from markupsafe import Markup
from matplotlib.ft2font import FT2Font

from warehouse.errors import CivharmError

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).parent / "fonts"
WEB_FONTS = Path(__file__).parents[1] / "static" / "fonts"

SCRIPTS = {
    "arabic": (
        "U+0600-06FF, U+0750-077F, U+0870-088E, U+0890-0891, U+0897-08E1, U+08E3-08FF, U+200C-200E, "
        "U+2010-2011, U+204F, U+2E41, U+FB50-FDFF, U+FE70-FE74, U+FE76-FEFC"
    ),
    "hebrew": "U+0307-0308, U+0590-05FF, U+200C-2010, U+20AA, U+25CC, U+FB1D-FB4F",
    "cyrillic": "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116",
    "latin-ext": (
        "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF, U+1E00-1E9F, "
        "U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF"
    ),
    "latin": (
        "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329, "
        "U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD"
    ),
}
"""Web fonts of `pages/static/fonts` and the characters they are for, as in `.streamlit/config.toml`: the later wins."""

REPLACEMENT = "\ufffd"
_KEPT_CONTROLS = "\n\u00ad\u061c\u200c\u200d\u200e\u200f"
"""Line feed, soft hyphen, and the joiners and marks that Arabic and Hebrew are written with."""


class DocumentError(CivharmError):
    """A document cannot be made."""


@dataclass(frozen=True)
class Document:
    """What a template sets.

    Attributes:
        title: also the title of the file.
        footer: one line below each page.
        dated: day of the file's metadata; never today's by itself, or the same input would give other bytes.
        synthetic: marks every page.
        content: what the template reads: text, numbers, lists and mappings of them, as JSON has them.
        pictures: name -> SVG.
    """

    title: str
    footer: str
    dated: date
    synthetic: bool
    content: Mapping[str, Any]
    pictures: Mapping[str, str] = field(default_factory=dict)


def pdf(document: Document, template: str) -> bytes:
    """The document as tagged PDF; `template` is a file of `templates`, such as "briefing.typ".

    It is PDF/UA-1 wherever Typst can vouch for it: a rare page break leaves tags that it refuses, and then the same
    pages are set without that claim, since a reader is better served by them than by none.

    Raises:
        DocumentError: the template cannot be set.
    """
    try:
        return _typst(document, template, pdf_standards=["ua-1"])
    except DocumentError:
        return _typst(document, template)


def html(document: Document, template: str) -> str:
    """The document as one HTML file that asks for nothing: fonts and pictures are inside, scripts are forbidden.

    `template` is a file of `templates`, such as "briefing.html.j2"; it extends "base.html.j2".
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    data = printable(_data(document))
    return environment.get_template(template).render(
        **data,
        pictures={name: _data_url("image/svg+xml", svg.encode()) for name, svg in document.pictures.items()},
        font_faces=Markup(_font_faces(json.dumps(data, ensure_ascii=False))),  # noqa: S704  # our own files
    )


def printable(value: Any) -> Any:
    """The same data with text that the fonts can show and that cannot reorder the text around it.

    Control characters go, those that override the direction of writing too; what no font here has becomes U+FFFD
    (PDF/UA-1 forbids an empty box).
    """
    if isinstance(value, str):
        return "".join(map(_printable_character, value))
    if isinstance(value, Mapping):
        return {name: printable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def _typst(document: Document, template: str, **options: Any) -> bytes:
    files: dict[str, bytes] = {path.name: path.read_bytes() for path in TEMPLATES.glob("*.typ")}
    # Typst takes the file named "main" first.
    files["main.typ"] = files.pop(template)
    files["data.json"] = json.dumps(printable(_data(document)), ensure_ascii=False).encode()
    files |= {f"{name}.svg": svg.encode() for name, svg in document.pictures.items()}
    try:
        made: bytes = typst.compile(
            files, font_paths=[FONTS], ignore_system_fonts=True, format="pdf", timestamp=0, **options
        )
    except typst.TypstError as error:
        raise DocumentError(f"The document {template} cannot be set: {error}.") from error
    return made


def _data(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "footer": document.footer,
        "dated": {"year": document.dated.year, "month": document.dated.month, "day": document.dated.day},
        "synthetic": document.synthetic,
        **document.content,
    }


def _printable_character(character: str) -> str:
    if character in _KEPT_CONTROLS:
        return character
    if unicodedata.category(character) in ("Cc", "Cf"):
        return " " if character.isspace() else ""
    return character if ord(character) in _covered() else REPLACEMENT


@cache
def _covered() -> frozenset[int]:
    """Characters that a font of `FONTS` has."""
    return frozenset().union(*(FT2Font(str(path)).get_charmap() for path in FONTS.glob("*.ttf")))


def _font_faces(text: str) -> str:
    """CSS with the fonts of the scripts that the text is written in; Latin always."""
    faces = []
    for script, ranges in SCRIPTS.items():
        own = _code_points(script) - (_code_points("latin") if script != "latin" else frozenset())
        if not own.intersection(map(ord, text)):
            continue
        for weight in (400, 700):
            name = f"noto-sans-{script}-{weight}-normal.woff2"
            url = _data_url("font/woff2", (WEB_FONTS / name).read_bytes())
            face = f'font-family:"Noto Sans";font-weight:{weight};src:url({url}) format("woff2");unicode-range:{ranges}'
            faces.append(f"@font-face{{{face}}}")
    return "\n".join(faces)


@cache
def _code_points(script: str) -> frozenset[int]:
    points: set[int] = set()
    for part in SCRIPTS[script].replace("U+", "").split(", "):
        first, _, last = part.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def _data_url(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
