"""Activities about taking part: in a community, by its charter; in a meeting; and how many were told of a call."""

from dataclasses import dataclass, field
from datetime import datetime

from federation.json.fields import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """The actor asks to be part of `object`, with a word in `content`.

    Of a community it is a yes to a version of its charter. Of a meeting `people` come; `recurs_at` names one of its
    times, else it is the next. Of a listing it asks for a place on its waiting list: `begins_at` and `ends_at` are the
    days that she wants.
    """

    id: str
    actor: str
    object: str
    content: str = ""
    charter_version: int | None = None
    people: int | None = None
    recurs_at: datetime | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The actor is part of `object` no longer; of a meeting at the time that `recurs_at` names, else at all of them."""

    id: str
    actor: str
    object: str
    recurs_at: datetime | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TentativeAccept:
    """The actor puts whoever asked to take part on a waiting list, at this place in the line; an Accept may follow."""

    id: str
    actor: str
    object: Join | str
    place: int | None = None
    content: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A server says how many of its people it told of `object`, a repair call, and how many of them opened it."""

    id: str
    actor: str
    object: str
    notified: int
    opened: int
    updated: datetime | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Whoever is `target` is asked to come into `object`; `attributed_to` is the person who wished it.

    Named as Mobilizon names them; ActivityStreams has the two the other way round.
    """

    id: str
    actor: str
    object: str
    target: str
    content: str = ""
    attributed_to: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)
