"""Parts of pages that many readers see alike, kept as they were written: found again by what they were written from.

A part is a macro of a template that is read without context: it knows the language, the cooperative's own words and the
values that it is given, and no reader, no session and no token of forms. These values are the key, so that what is
edited, or seen by somebody who may see more, is written anew; nothing has to be told that something changed. What was
taken back is found by nobody, and stays in memory until a part is asked for in the next quarter of an hour.

What few read is not kept: only the two who write to each other read a message, and to write and keep it takes a third
longer than to write it.
"""

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_KEPT = 600
"""Parts of each language; the one that was wanted longest ago goes first."""

MOST_CHARACTERS = 2_000_000
"""Of all parts of a language, with what they are written from: a small ad has some 2,000. What others wrote may be
long, and a character takes up to four bytes."""

LONGEST_KEPT = 32_768
"""Characters of a part that is kept, with what it is written from."""

KEPT_SECONDS = 900
"""At each quarter of an hour all is written anew, as dates are at midnight: they name the year where it is another."""


class _Key:
    """All that a part is written from, hashed once. Raises TypeError for what cannot be, like a dictionary."""

    __slots__ = ("_hash", "_whole")

    def __init__(self, whole: Hashable) -> None:
        self._whole, self._hash = whole, hash(whole)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._hash == other._hash and self._whole == other._whole


class Fragments:
    """The parts of one environment."""

    __slots__ = ("_characters", "_clock", "_environment", "_kept", "_quarter")

    def __init__(self, environment: "Environment", clock: Callable[[], float] = time.time) -> None:
        """`clock` counts seconds, whose quarters of an hour are those of every time zone here."""
        self._environment, self._clock = environment, clock
        self._kept: dict[_Key, tuple[Markup, int]] = {}
        self._characters = 0
        self._quarter = 0.0

    def write(self, template: str, macro: str, *values: Hashable) -> Markup:
        """What this macro of that template makes of these values; values that cannot be compared are not kept."""
        if (quarter := self._clock() // KEPT_SECONDS) != self._quarter:
            self.forget()
            self._quarter = quarter
        try:
            key = _Key((template, macro, tuple(map(type, values)), values))  # text that is HTML equals text that is not
        except TypeError:
            return self._make(template, macro, values)
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._kept[key] = kept  # as the newest
            return kept[0]
        text = self._make(template, macro, values)
        self._keep(key, text, len(text) + len(repr(values)))
        return text

    def forget(self) -> None:
        """Keep nothing of what was written so far: words changed, or the time."""
        self._kept.clear()
        self._characters = 0

    def _keep(self, key: _Key, text: Markup, characters: int) -> None:
        if characters > LONGEST_KEPT:
            return
        self._kept[key] = text, characters
        self._characters += characters
        while len(self._kept) > MOST_KEPT or self._characters > MOST_CHARACTERS:
            self._characters -= self._kept.pop(next(iter(self._kept)))[1]

    def _make(self, template: str, macro: str, values: tuple[Hashable, ...]) -> Markup:
        """The module of a template that nobody imports has been given no context."""
        written: Markup = getattr(self._environment.get_template(template).module, macro)(*values)
        return written
