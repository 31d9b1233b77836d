"""What a mutation is: one place of a source text, and what is written there instead."""

import hashlib
from dataclasses import dataclass

Kind = str
"""What was changed: `compare`, `constant`, `statement`, `sql_filter`…; the strata choose by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Characters `start` to `end` of a source become `text`."""

    start: int
    end: int
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One module with one change."""

    module: str
    path: str
    """Relative to the root of the source."""
    change: Change
    line: int
    """From 1: where the change begins."""
    before: str
    after: str
    """The whole lines that the change touches, as they were and as they become."""
    place: int = 0
    """How many of the module before it change the same words in the same way: a `raise` reads like another."""

    @property
    def key(self) -> str:
        """Names this mutant in the results, wherever its line has moved to within the module."""
        words = "\0".join((self.module, self.before, self.after, self.change.kind, str(self.place)))
        return hashlib.sha256(words.encode()).hexdigest()[:16]


def apply(source: str, change: Change) -> str:
    """The source with the change."""
    return source[: change.start] + change.text + source[change.end :]


def make_mutant(module: str, path: str, source: str, change: Change) -> Mutant:
    """A mutant with the lines that it touches."""
    first = source.rfind("\n", 0, change.start) + 1
    last = source.find("\n", change.end)
    last = len(source) if last < 0 else last
    return Mutant(
        module=module,
        path=path,
        change=change,
        line=source.count("\n", 0, change.start) + 1,
        before=source[first:last],
        after=source[first : change.start] + change.text + source[change.end : last],
    )
