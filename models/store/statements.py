"""Statements put together from named parts, and values that go by name: both done once, when a module is read.

Most statements are one literal with `$1` and need nothing of this. `{name}` stands for a part, a text of our own that
several statements share; `:name` stands for a value. Both are written out where the module is read, so that what
PostgreSQL gets is one constant text, and a wrong name fails before anything runs.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain, zip_longest
from operator import attrgetter

MOST_NUMBERED = 10
"""A statement with more values than these names them: nobody counts to `$20` without a mistake."""

_PART = re.compile(r"\{([a-z_]+)\}")

_TYPED = re.compile(r"(?<!:):([a-z_]+)(::[a-z0-9]+(?:\[\])?)")

_OPTIONAL = re.compile(r"\[\[([a-z_ ]+):(?!:)(.*?)\]\]", re.DOTALL)

_NUMBER = re.compile(r"\$(\d+)")

_VALUE = re.compile(r"'[^']*'|--[^\n]*|(?<![:\w]):([a-z]\w*)")
"""A name after one colon, neither in quotes nor in a comment nor a cast."""


class StatementError(ValueError):
    """A statement was not written as it must be: the mistake of whoever wrote it, found when the module is read."""


def fragment(text: str, **parts: str) -> str:
    """A part made of others: each name in braces gives way to its part, and so do the names in the parts themselves.

    Names that are not given here stay open for whoever uses it. Raises StatementError where a part is not used.
    """
    used: set[str] = set()

    def put(found: re.Match[str]) -> str:
        if found[1] not in parts:
            return found[0]
        used.add(found[1])
        return _PART.sub(put, parts[found[1]])

    whole = _PART.sub(put, text)
    if idle := parts.keys() - used:
        raise StatementError(f"No {_join_names(idle)} in: {text}")
    return whole


def hide_values(part: str) -> str:
    """A part with values that the planner does not see, where each has a type: a plan for these alone costs it no less
    than one for all, so that PostgreSQL keeps the second.
    """
    return _TYPED.sub(r"(SELECT :\1\2)\2", part)


def compose(template: str, **parts: str) -> str:
    """A whole statement, as `fragment` but with nothing left open.

    Raises StatementError where a part is missing or not used, and where the numbers of its values do not go from `$1`
    to at most `$10`.
    """
    text = fragment(template, **parts)
    if missing := set(_PART.findall(text)):
        raise StatementError(f"No part is given for {_join_names(missing)} in: {text}")
    numbers = {int(number) for number in _NUMBER.findall(text)}
    if numbers != set(range(1, len(numbers) + 1)) or len(numbers) > MOST_NUMBERED:
        raise StatementError(f"Values {sorted(numbers)} in: {text}")
    return text


@dataclass(frozen=True, slots=True)
class Statement:
    """What PostgreSQL gets (`sql`, with `$1` and so on), and how to bring values into its order (`args`)."""

    sql: str
    names: tuple[str, ...]
    """Which value is `$1`, which `$2`…"""
    readers: tuple[Callable[[object], tuple[object, ...]], ...]
    also: tuple[str, ...]

    def args(self, *rows: object, **also: object) -> tuple[object, ...]:
        """The values for `sql`: read from an instance of each dataclass it was made for, and those named besides."""
        if len(rows) != len(self.readers) or also.keys() != set(self.also):
            raise TypeError(f"takes {len(self.readers)} rows and {self.also}, not {len(rows)} and {tuple(also)}")
        values: tuple[object, ...] = ()
        for read, row in zip(self.readers, rows, strict=True):
            values += read(row)
        return (*values, *(also[name] for name in self.also))


def name_values(template: str, *rows: type, also: Sequence[str] = (), **parts: str) -> Statement:
    """A whole statement (`compose`) with `:name` for each value: a field of these dataclasses, or one of `also`.

    Properties count as fields. Where several have a name, `also` comes first and then the dataclasses in their order.
    Raises StatementError for a name that nobody has, for one in `also` that is not used, for a dataclass of which
    nothing is read, and for `$1`.
    """
    text = compose(template, **parts)
    wanted = list(dict.fromkeys(name for name in _VALUE.findall(text) if name))
    if idle := set(also) - set(wanted):
        raise StatementError(f"No value {_join_names(idle)} in: {text}")
    if _NUMBER.search(text):
        raise StatementError(f"Values with names and with numbers in: {text}")
    taken = _share(text, [name for name in wanted if name not in also], rows)
    names = (*chain.from_iterable(taken), *also)
    numbers = {name: f"${number}" for number, name in enumerate(names, 1)}
    sql = _VALUE.sub(lambda found: numbers[found[1]] if found[1] else found[0], text)
    return Statement(sql=sql, names=names, readers=tuple(_reader(part) for part in taken), also=tuple(also))


@dataclass(frozen=True, slots=True)
class Asked:
    """What PostgreSQL gets, and with which values."""

    sql: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Shapes:
    """A statement that leaves out what is not asked: one text for each choice of values, made when it is first wanted.

    What is left out is neither read nor planned, and few texts are asked for: their plans can be kept.
    """

    pieces: tuple[tuple[tuple[str, ...], str], ...]
    """Parts of the text one after the other, each with the values that it is left out without."""
    deciding: tuple[str, ...]
    """These values."""
    values: Statement
    made: dict[tuple[bool, ...], tuple[str, tuple[str, ...]]] = field(default_factory=dict, compare=False)

    def ask(self, *rows: object, **also: object) -> Asked:
        """The text for these values, with those that it needs (`Statement.args`)."""
        named = dict(zip(self.values.names, self.values.args(*rows, **also), strict=True))
        shape = tuple([_is_given(named[name]) for name in self.deciding])
        if shape not in self.made:
            given = dict(zip(self.deciding, shape, strict=True))
            self.made[shape] = _number("".join(text for needed, text in self.pieces if all(map(given.get, needed))))
        sql, names = self.made[shape]
        return Asked(sql=sql, values=tuple([named[name] for name in names]))


def name_optional(template: str, *rows: type, also: Sequence[str] = (), **parts: str) -> Shapes:
    """As `name_values`, with `[[name: text]]` for a text that is left out where this value is None, False or empty.

    Several names have spaces between: one of them is enough to leave it out. None of these texts stands in another.
    """
    whole = compose(template, **parts)
    found = _OPTIONAL.split(whole)
    pieces = tuple((tuple(found[place].split()), found[place + 1]) for place in range(1, len(found), 3))
    fixed = [((), text) for text in found[::3]]
    ordered = list(filter(None, chain.from_iterable(zip_longest(fixed, pieces))))
    needed = (f" :{name}" for names, _ in pieces for name in names)
    values = name_values("".join([*(text for _, text in ordered), *needed]), *rows, also=also)
    deciding = tuple(dict.fromkeys(chain.from_iterable(names for names, _ in pieces)))
    return Shapes(pieces=tuple(ordered), deciding=deciding, values=values)


def _is_given(value: object) -> bool:
    """Numbers are, even 0."""
    return bool(value) or not (value is None or value is False or isinstance(value, str | tuple | list))


def _number(text: str) -> tuple[str, tuple[str, ...]]:
    """A text with `$1` and so on for its values, and the names of these."""
    names = tuple(dict.fromkeys(name for name in _VALUE.findall(text) if name))
    numbers = {name: f"${number}" for number, name in enumerate(names, 1)}
    return _VALUE.sub(lambda found: numbers[found[1]] if found[1] else found[0], text), names


def _list_fields(row: type) -> set[str]:
    """Fields of a dataclass, and its properties."""
    return {field.name for field in fields(row)} | {n for n, v in vars(row).items() if isinstance(v, property)}


def _share(text: str, wanted: list[str], rows: Sequence[type]) -> list[list[str]]:
    """Which of these names each dataclass gives: the first that has it."""
    taken: list[list[str]] = []
    for row in rows:
        known = _list_fields(row)
        taken.append([name for name in wanted if name in known])
        wanted = [name for name in wanted if name not in known]
    if wanted or not all(taken):
        raise StatementError(f"Nobody has {_join_names(set(wanted))}, or a row is not used, in: {text}")
    return taken


def _reader(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda row: (read(row),)


def _join_names(names: set[str]) -> str:
    return ", ".join(sorted(names))
