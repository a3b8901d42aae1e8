"""Documents: text stays text whatever it looks like, the same input gives the same bytes, nothing is fetched."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pdf_text
import pytest

from pages.documents import typeset
from pages.documents.typeset import REPLACEMENT, Document, html, pdf, printable

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = [
    '#import "base.typ": *',
    "#panic(1)",
    "<script>alert(1)</script>",
    "$x^2$ *bold* _thin_ `raw` @label <label>",
    r"a \ b \u{41} \n",
    "{{ 7 * 7 }} {% raw %} {# gone #}",
    '"quotes" \' &amp; </td></table>',
    "= heading",
    "- list",
]
ARABIC, HEBREW, CYRILLIC = "غارة على مدرسة", "פגיעה בבית ספר", "Удар по школе"


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of templates with a small document of the tests in it."""
    for path in typeset.TEMPLATES.iterdir():
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "small.typ").write_text(
        '#import "base.typ": *\n#show: document-page\n#heading(level: 1, data.title)\n'
        '#listing((1fr,), ("Text",), data.rows)\n'
    )
    (tmp_path / "small.html.j2").write_text(
        '{% extends "base.html.j2" %}{% from "parts.html.j2" import listing %}'
        '{% block body %}{{ listing(["Text"], rows, [], "Texts") }}{% endblock %}'
    )
    monkeypatch.setattr(typeset, "TEMPLATES", tmp_path)
    return tmp_path


def made(*texts: str, synthetic: bool = False) -> Document:
    return Document("Title", "Footer", date(2024, 10, 30), synthetic, {"rows": [[text] for text in texts]})


@pytest.mark.usefixtures("templates")
def test_text_that_looks_like_markup_stands_in_the_pdf_as_it_is() -> None:
    text = pdf_text.pages(pdf(made(*HOSTILE), "small.typ"))[0]
    for hostile in HOSTILE:
        # A cell is wide enough for each on one line.
        assert hostile in text.splitlines(), (hostile, text)


@pytest.mark.usefixtures("templates")
def test_text_that_looks_like_markup_is_escaped_in_html() -> None:
    page = html(made(*HOSTILE), "small.html.j2")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "&amp;amp; &lt;/td&gt;&lt;/table&gt;" in page


@pytest.mark.usefixtures("templates")
def test_the_same_document_gives_the_same_bytes() -> None:
    document = made(*HOSTILE, ARABIC)
    assert pdf(document, "small.typ") == pdf(document, "small.typ")
    assert html(document, "small.html.j2") == html(document, "small.html.j2")
    later = dataclasses.replace(document, dated=date(2024, 10, 31))
    assert pdf(later, "small.typ") != pdf(document, "small.typ"), "the day of the document is the only date in it"


@pytest.mark.usefixtures("templates")
def test_pages_of_synthetic_data_say_so_and_others_do_not() -> None:
    rows = [f"row {number}" for number in range(150)]
    marked = pdf_text.pages(pdf(made(*rows, synthetic=True), "small.typ"))
    assert len(marked) > 2
    assert all("SYNTHETIC DATA: no row is about a real event" in page for page in marked)
    assert not any("SYNTHETIC" in page for page in pdf_text.pages(pdf(made(*rows), "small.typ")))
    assert "SYNTHETIC" in html(made(synthetic=True), "small.html.j2")
    assert "SYNTHETIC" not in html(made(), "small.html.j2")


@pytest.mark.usefixtures("templates")
def test_pdf_is_made_for_screen_readers_and_says_its_title() -> None:
    content = pdf(made(ARABIC, HEBREW, CYRILLIC), "small.typ")
    assert b"pdfuaid" in content
    assert b"StructTreeRoot" in content
    text = pdf_text.pages(content)[0]
    assert CYRILLIC in text
    assert len(pdf_text.pages(pdf(made("one page"), "small.typ"))) == 1


@pytest.mark.usefixtures("templates")
def test_html_asks_for_nothing_and_brings_the_fonts_of_its_scripts() -> None:
    def fonts(text: str) -> int:
        return html(made(text), "small.html.j2").count("@font-face")

    page = html(made(ARABIC), "small.html.j2")
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", page)
    assert not re.findall(r"url\((?!data:)", page)
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert "default-src 'none'" in page
    assert [fonts("plain, – and 1,000"), fonts(ARABIC), fonts(HEBREW), fonts(CYRILLIC), fonts("Łódź")] == [
        2,
        4,
        4,
        4,
        4,
    ]
    assert fonts(f"{ARABIC} {HEBREW}") == 6


def test_the_scripts_are_those_of_the_app() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    ranges = {
        re.sub(r".*noto-sans-(.+)-\d+-normal.woff2", r"\1", face["url"]): face["unicodeRange"]
        for face in config["theme"]["fontFaces"]
    }
    assert ranges == typeset.SCRIPTS
    assert list(ranges) == list(typeset.SCRIPTS), "where ranges overlap the later entry wins"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zażółć – 1,000 − 5 ± 2 → ≥", "Zażółć – 1,000 − 5 ± 2 → ≥"),
        (ARABIC, ARABIC),
        ("line\nfeed", "line\nfeed"),
        ("a\tb\x00c\x1b[1m", "a bc[1m"),
        # What overrides the direction of writing could make a text read as another one.
        ("abc\u202edef\u2066ghi", "abcdefghi"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("漢 and 😀", f"{REPLACEMENT} and {REPLACEMENT}"),
        ("\ud800", REPLACEMENT),
    ],
)
def test_text_is_made_printable(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable({"a": [text, 1, None], "b": {"c": text}}) == {"a": [shown, 1, None], "b": {"c": shown}}


@pytest.mark.usefixtures("templates")
def test_characters_without_a_font_do_not_stop_the_pdf() -> None:
    assert f"{REPLACEMENT}{REPLACEMENT}" in pdf_text.pages(pdf(made("漢字", "\x00\x07"), "small.typ"))[0]


@pytest.mark.usefixtures("templates")
def test_a_long_word_stays_on_the_page() -> None:
    text = pdf_text.pages(pdf(made("x" * 400), "small.typ"))[0]
    assert "x" * 400 not in text, "it is broken"
    assert text.replace("\n", "").replace("\u200b", "").count("x") >= 400


def test_a_template_that_cannot_be_set_is_one_sentence(templates: Path) -> None:
    (templates / "broken.typ").write_text('#import "base.typ": *\n#panic("no")')
    with pytest.raises(typeset.DocumentError, match=r"broken\.typ cannot be set: .*\.$"):
        pdf(made(), "broken.typ")


def test_documents_need_no_app() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, pages.documents.briefing; print('streamlit' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "False"
