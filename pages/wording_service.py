"""What the app says to programs, and to people about downloads."""

from __future__ import annotations

API_OFF = "The interface for programs is off; CIVHARM_API=1 turns it on."
OTHER_SITE = "Requests from other sites are refused."
NO_SUCH_ADDRESS = "There is no such address; /api/v1/openapi.json describes those that there are."
ONLY_GET = "Only GET is answered: nothing can be changed here."
WRONG_CURSOR = "The cursor is none that this interface gave; begin again without it."
OTHER_CURSOR = "The cursor belongs to another question; keep its filters and contents, or begin again without it."
USED = "This download was begun already; each link works once. Go back to the page and take a new one."
EXPIRED = "This link has expired; go back to the page and take a new one."
FORGED = "This link is none that this server gave; go back to the page and take a new one."


def wrong_limit(text: str, most: int) -> str:
    """A page of another size was asked for."""
    return f"limit: {text!r} is no whole number from 1 to {most:,}."


def wrong_switch(name: str, text: str) -> str:
    """Neither true nor false."""
    return f"{name}: {text!r} is neither true nor false."


def wrong_choice(name: str, text: str, known: list[str]) -> str:
    """A value that a parameter cannot have."""
    return f"{text!r} is no {name}; choose from {', '.join(known)}."


def too_many_rows(rows: int, most: int) -> str:
    """A file of more rows than programs are given at once."""
    return f"{rows:,} rows are more than one file may hold ({most:,}); narrow the filter."


def once(name: str) -> str:
    """A parameter was given more than once."""
    return f"{name} takes one value."


def unknown_parameter(name: str, known: list[str]) -> str:
    """A parameter that there is not."""
    return f"{name!r} is no parameter; choose from {', '.join(known)}."


def busy(most: int) -> str:
    """No more at once."""
    return f"{most} requests are being answered, which is the most at once; try again in a little while."


def no_such_text(name: str) -> str:
    """A text with a character that no text has."""
    return f"{name} holds a NUL character, which no text has."


CANCEL = "Cancel"


def starting(name: str) -> str:
    """A download whose first rows are not there yet."""
    return f"{name}: the browser asks for it ..."


def never_began(name: str) -> str:
    """A link was clicked, but nothing came of it here."""
    return f"{name} was not begun here; the browser's new tab says why, if there is one."


def under_way(name: str, rows: int, of_rows: int, size: int) -> str:
    """How far a download has come."""
    return f"{name}: {rows:,} of {of_rows:,} rows, {megabytes(size)}"


def sent(name: str, rows: int, size: int) -> str:
    """A download is whole."""
    return f"{name} was sent: {rows:,} rows, {megabytes(size)}."


def cancelled(name: str) -> str:
    """A download was stopped from the page, or by the browser."""
    return f"{name} was cancelled; nothing is left of it here."


def failed(name: str) -> str:
    """A download broke off."""
    return f"{name} broke off before its end; the file is not whole. Take a new link."


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1_000_000:,.1f} MB"
