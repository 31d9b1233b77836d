"""The canonical form of JSON (RFC 8785), which is what embedded proofs sign."""

from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

LARGEST_EXACT = 2**53
"""Integers beyond it are doubles for everybody who reads JSON as JavaScript does."""


def canonicalize(value: Any) -> bytes:
    """The one way of writing this JSON. Raises ValueError for numbers that JSON does not have.

    What has neither fractions nor unusual keys is written by orjson, which agrees with the RFC there.
    """
    if _is_simple(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return _write(value).encode()


def _is_simple(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is dict:
        return all(key.isascii() and _is_simple(member) for key, member in value.items())
    if kind is list:
        return all(map(_is_simple, value))
    return kind is int and -LARGEST_EXACT <= value <= LARGEST_EXACT


def _write(value: Any) -> str:
    match value:
        case dict():
            names = sorted(value, key=_utf_16)
            return "{" + ",".join(f"{_write_text(name)}:{_write(value[name])}" for name in names) + "}"
        case list():
            return "[" + ",".join(map(_write, value)) + "]"
        case str() | bool() | None:
            return _write_text(value)
        case _:
            return _write_number(float(value))


def _utf_16(name: str) -> bytes:
    """What names are sorted by: code units of UTF-16, not characters."""
    return name.encode("utf-16-be")


def _write_text(value: str | bool | None) -> str:
    return orjson.dumps(value).decode()


def _write_number(number: float) -> str:
    """As ECMAScript writes numbers (Number::toString): Python finds the same digits and places the point otherwise."""
    if number == 0:
        return "0"
    if not isfinite(number):
        raise ValueError("JSON has no such number")
    found = Decimal(repr(abs(number))).as_tuple()
    written = "".join(map(str, found.digits))
    digits = written.rstrip("0")
    point = len(written) + int(found.exponent)  # after so many digits stands the point
    return ("-" if number < 0 else "") + _place_point(digits, point)


def _place_point(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
