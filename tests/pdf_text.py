"""The text of a PDF as Typst writes it, page by page: enough to see what stands there, for no other PDF."""

from __future__ import annotations

import re
import zlib

_FONT = re.compile(rb"/(f\d+) [\d.]+ Tf")
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(content: bytes) -> list[str]:
    """One text a page, a line for each piece that was set in one go."""
    objects = {int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", content, re.DOTALL)}
    found = []
    for body in objects.values():
        if body.startswith(b"<</Type/Page/"):
            resources = objects[_reference(body, b"Resources")]
            fonts = re.findall(rb"/(f\d+) (\d+) 0 R", re.search(rb"/Font<<(.*?)>>", resources, re.DOTALL)[1])  # type: ignore[index]
            maps = {
                name: _characters(_stream(objects, _reference(objects[int(at)], b"ToUnicode"))) for name, at in fonts
            }
            found.append(_text(_stream(objects, _reference(body, b"Contents")), maps))
    return found


def _reference(body: bytes, name: bytes) -> int:
    match = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert match, name
    return int(match[1])


def _stream(objects: dict[int, bytes], number: int) -> bytes:
    raw = objects[number].split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
    return zlib.decompress(raw)


def _characters(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)>\n", cmap)
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _text(drawn: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    parts: list[str] = []
    glyphs: dict[int, str] = {}
    at = 0
    while at < len(drawn):
        if font := _FONT.match(drawn, at):
            glyphs, at = maps[font[1]], font.end()
        elif drawn[at : at + 1] == b"(":
            raw, at = _string(drawn, at + 1)
            parts += [glyphs.get(int.from_bytes(raw[i : i + 2]), "") for i in range(0, len(raw), 2)]
        elif drawn[at : at + 2] == b"<<":  # a dictionary, no string
            at = drawn.index(b">>", at) + 2
        elif drawn[at : at + 1] == b"<":
            end = drawn.index(b">", at)
            raw, at = bytes.fromhex(drawn[at + 1 : end].decode()), end
            parts += [glyphs.get(int.from_bytes(raw[i : i + 2]), "") for i in range(0, len(raw), 2)]
        else:
            if drawn[at : at + 3] == b"\nET":
                parts.append("\n")
            at += 1
    return "".join(parts)


def _string(drawn: bytes, at: int) -> tuple[bytes, int]:
    """A string in brackets, which may hold balanced ones, and where it ends."""
    made, depth = bytearray(), 1
    while True:
        character = drawn[at : at + 1]
        if character == b"\\":
            digits = re.compile(rb"[0-7]{1,3}").match(drawn, at + 1)
            code = digits[0] if digits else drawn[at + 1 : at + 2]
            made += bytes([int(code, 8)]) if digits else _NAMED.get(code, code)
            at += len(code)
        else:
            depth += {b"(": 1, b")": -1}.get(character, 0)
            if not depth:
                return bytes(made), at + 1
            made += character
        at += 1
