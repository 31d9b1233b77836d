"""Polls: a Question with its options and figures, and the votes in one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from federation.json.fields import Json, each, flag, localized, mappings, moment, types, whole, write_moment

MAX_OPTIONS = 50
"""Options that are kept; a poll of hundreds is cut (B-36)."""

MAX_OPTION = 200
MAX_LOOKED_AT = 1000
MAX_VOTES = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer that can be chosen, and how many chose it; None where nobody is told yet."""

    name: str
    votes: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What makes a Question of a post; with `multiple` several options may be chosen."""

    options: tuple[Option, ...]
    multiple: bool = False
    ends: datetime | None = None
    closed: datetime | None = None
    voters: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One choice, told to the author of the poll alone: a Note whose name is the option's and that has no text."""

    id: str
    name: str
    attributed_to: str
    in_reply_to: str
    to: tuple[str, ...]
    published: datetime | None = None


def read_poll(document: Json) -> Poll | None:
    """The poll of a Question; None for everything else, and for one without options."""
    if "Question" not in types(document):
        return None
    multiple = document.get("anyOf") is not None
    options: dict[str, Option] = {}
    for found in mappings(document.get("anyOf" if multiple else "oneOf"), MAX_LOOKED_AT):
        name = " ".join((localized(found, "name", MAX_OPTION) or "").split())
        if name and len(options) < MAX_OPTIONS:
            options.setdefault(name, Option(name=name, votes=_read_count(found.get("replies"))))
    if not options:
        return None
    return Poll(
        options=tuple(options.values()),
        multiple=multiple,
        ends=moment(document.get("endTime")),
        closed=_read_closed(document.get("closed")),
        voters=whole(document.get("votersCount"), 0, MAX_VOTES),
    )


def _read_count(replies: object) -> int | None:
    found = next(each(replies), None)
    return whole(found.get("totalItems"), 0, MAX_VOTES) if isinstance(found, dict) else None


def _read_closed(value: object) -> datetime | None:
    """When it was closed; `true` means that it is."""
    return moment(value) or (datetime.now(UTC) if flag(value) else None)


def write_poll(value: Poll | None) -> Json:
    """What a Question has beside a Note, as Mastodon writes it; `endTime` is the post's."""
    if value is None:
        return {}
    written: Json = {
        "anyOf" if value.multiple else "oneOf": [_write_option(option) for option in value.options],
        "votersCount": value.voters,
    }
    if value.closed is not None:
        written["closed"] = write_moment(value.closed)
    return written


def _write_option(option: Option) -> Json:
    replies: Json = {"type": "Collection"}
    if option.votes is not None:
        replies["totalItems"] = option.votes
    return {"type": "Note", "name": option.name, "replies": replies}


def write_vote(value: Vote) -> Json:
    """A vote, as Mastodon writes it."""
    written: Json = {
        "id": value.id,
        "type": "Note",
        "name": value.name,
        "attributedTo": value.attributed_to,
        "inReplyTo": value.in_reply_to,
        "to": list(value.to),
        "cc": [],
    }
    if value.published is not None:
        written["published"] = write_moment(value.published)
    return written
