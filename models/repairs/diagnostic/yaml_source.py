"""YAML as text with lines: every value stays the words that were typed, and what could grow is refused.

The events of the parser are enough: no value is guessed ("oui" stays "oui", "10" stays "10"), no type is made, and
anchors, aliases and tags, by which a small text becomes a large one, do not exist here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.errors import Invalid
from models.lazy import LazyModule

if TYPE_CHECKING:
    import yaml
else:
    yaml = LazyModule("yaml")

SOURCE_LIMIT = 200_000
"""Characters of a text: the one that ships has a third of it."""

MOST_DEPTH = 6
"""How deep lists and sections may stand in one another: a tree needs five."""


AROUND = ("StreamStart", "StreamEnd", "DocumentStart", "DocumentEnd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A mistake: the line, counted from 1, and why, as a refusal that the edge says in words."""

    line: int
    reason: Invalid


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A text, a list or a section, and the line on which it begins."""

    line: int
    value: "str | tuple[SourceEntry, ...] | Mapping[str, SourceEntry]"


class UnreadableSource(Exception):
    """It is no YAML of ours; the fault says where."""

    def __init__(self, line: int, reason: Invalid) -> None:
        """Where, and why."""
        super().__init__(reason.code)
        self.fault = Fault(line=line, reason=reason)


def parse_source(source: str) -> SourceEntry:
    """The whole text. Raises UnreadableSource at its first mistake."""
    if len(source) > SOURCE_LIMIT:
        raise UnreadableSource(1, Invalid("diagnostic_too_long", most=SOURCE_LIMIT))
    events = _list_events(source)
    first = next(events, None)
    if first is None:
        raise UnreadableSource(1, Invalid("diagnostic_empty"))
    whole = _build(events, first, 0)
    next(events, None)  # nothing may stand behind it
    return whole


def _list_events(source: str) -> Iterator[Any]:
    """What the parser finds in the first document; a second one is refused."""
    documents = 0
    try:
        for event in yaml.parse(source, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):
            kind = _kind_of(event)
            documents += kind == "DocumentStart"
            if documents > 1:
                raise UnreadableSource(_line_of(event), Invalid("diagnostic_two_documents"))
            if kind not in AROUND:
                yield event
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableSource(mark.line + 1 if mark else 1, Invalid("diagnostic_not_yaml")) from error


def _kind_of(event: Any) -> str:
    """What the parser calls it: Scalar, SequenceStart, SequenceEnd, MappingStart, MappingEnd, and those AROUND."""
    return type(event).__name__.removesuffix("Event")


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _build(events: Iterator[Any], event: Any, depth: int) -> SourceEntry:
    line, kind = _line_of(event), _kind_of(event)
    if event.anchor is not None:
        raise UnreadableSource(line, Invalid("diagnostic_alias"))
    if event.tag is not None:
        raise UnreadableSource(line, Invalid("diagnostic_tag"))
    if depth > MOST_DEPTH:
        raise UnreadableSource(line, Invalid("diagnostic_too_deep", most=MOST_DEPTH))
    if kind == "Scalar":
        return SourceEntry(line, str(event.value))
    if kind == "SequenceStart":
        return SourceEntry(line, tuple(_build(events, one, depth + 1) for one in _until_end(events)))
    return SourceEntry(line, _build_section(events, depth))


def _until_end(events: Iterator[Any]) -> Iterator[Any]:
    for event in events:
        if _kind_of(event) in ("SequenceEnd", "MappingEnd"):
            return
        yield event


def _build_section(events: Iterator[Any], depth: int) -> dict[str, SourceEntry]:
    """Its values by their keys, each with the line of its key."""
    section: dict[str, SourceEntry] = {}
    for event in _until_end(events):
        if getattr(event, "anchor", None) is not None:
            raise UnreadableSource(_line_of(event), Invalid("diagnostic_alias"))
        if _kind_of(event) != "Scalar":
            raise UnreadableSource(_line_of(event), Invalid("diagnostic_not_yaml"))
        key = _build(events, event, depth)
        if not isinstance(key.value, str) or not key.value:
            raise UnreadableSource(key.line, Invalid("diagnostic_not_yaml"))
        if key.value in section:
            raise UnreadableSource(key.line, Invalid("diagnostic_said_twice", name=key.value[:60]))
        section[key.value] = SourceEntry(key.line, _build(events, next(events), depth + 1).value)
    return section
