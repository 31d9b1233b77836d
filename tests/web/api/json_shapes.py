"""What a single value may be: the small checks that the shapes of strict.py are made of."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], None]
Shape = Mapping[str, Check]


DRAWN = frozenset(
    {"p", "br", "a", "span", "strong", "em", "b", "i", "u", "ul", "ol", "li", "blockquote", "code", "pre", "del"}
)

RUNS = re.compile(r"""<[^>]*\s(?:on\w+|style)\s*=|(?:href|src)\s*=\s*["']?\s*(?:javascript|data|vbscript):""", re.I)


class Unfit(AssertionError):
    """A value that some client would choke on, with its path."""


def _fail(what: str, value: Any) -> None:
    raise Unfit(f"not {what}: {value!r}")


def text(value: Any) -> None:
    if not isinstance(value, str):
        _fail("a text", value)


def filled(value: Any) -> None:
    if not isinstance(value, str) or not value:
        _fail("a text with something in it", value)


def flag(value: Any) -> None:
    if not isinstance(value, bool):
        _fail("true or false", value)


def count(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        _fail("a count", value)


def number(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _fail("a number", value)


def id(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,19}", value):
        _fail("a decimal id in a text", value)


def moment(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        _fail("a moment with a fraction and Z", value)


def day(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        _fail("a date", value)


def address(value: Any) -> None:
    if not isinstance(value, str) or not re.match(r"https?://[^/\s<>\"]+", value):
        _fail("an absolute web address", value)


def html(value: Any) -> None:
    """Only the tags that clients draw, and no way to run anything."""
    text(value)
    tags = {name.lower() for name in re.findall(r"<\s*/?\s*([a-zA-Z][a-zA-Z0-9]*)", value)}
    if tags - DRAWN:
        _fail("HTML that clients draw", value)
    if RUNS.search(value):
        _fail("harmless HTML", value)


def empty(value: Any) -> None:
    if value != []:
        _fail("an empty list", value)


def null(value: Any) -> None:
    if value is not None:
        _fail("null", value)


def either(check: Check, other: Check) -> Check:
    """One of two."""

    def checked(value: Any) -> None:
        try:
            check(value)
        except Unfit:
            other(value)

    return checked


def maybe(check: Check) -> Check:
    """Null, or fit."""
    return lambda value: None if value is None else check(value)


def one_of(*words: str) -> Check:
    def checked(value: Any) -> None:
        if value not in words:
            _fail(f"one of {words}", value)

    return checked


def many(check: Check) -> Check:
    def checked(value: Any) -> None:
        if not isinstance(value, list):
            _fail("a list", value)
        for number, item in enumerate(value):
            _at(f"[{number}]", check, item)

    return checked


def shaped(shape: Shape, optional: Shape | None = None, *, closed: bool = True) -> Check:
    """An object with all of `shape` and perhaps some of `optional`; with `closed` nothing else."""
    extra = optional or {}

    def checked(value: Any) -> None:
        if not isinstance(value, dict):
            _fail("an object", value)
        missing = shape.keys() - value.keys()
        if missing:
            _fail(f"complete, {sorted(missing)} missing", value)
        unknown = value.keys() - shape.keys() - extra.keys()
        if closed and unknown:
            _fail(f"known, {sorted(unknown)} is not", value)
        for name, item in value.items():
            if check := shape.get(name) or extra.get(name):
                _at(f".{name}", check, item)

    return checked


def _at(path: str, check: Check, value: Any) -> None:
    try:
        check(value)
    except Unfit as error:
        raise Unfit(f"{path}: {error}") from None


def language_code(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
        _fail("a language code", value)


def digits(value: Any) -> None:
    if not isinstance(value, str) or not value.isdigit():
        _fail("a number in a text", value)
