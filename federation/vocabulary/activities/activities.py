"""Activities: who did what, one frozen value for each type. `activity_readers` reads and writes them.

`raw` is the whole activity as received.
"""

from dataclasses import dataclass, field
from datetime import datetime

from federation.json.fields import Json
from federation.vocabulary.activities.participation import Invite, Join, Leave, TentativeAccept, View
from federation.vocabulary.agreements import Agreement
from federation.vocabulary.bike_books import BikeBook
from federation.vocabulary.embedded import Object
from federation.vocabulary.friendships import Friendship
from federation.vocabulary.objects import Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Something new was published. `passed_on_by` is the Group that wrapped it, where one did; it is no part of it."""

    id: str
    actor: str
    object: Object | str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    passed_on_by: str | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Something published before is now like this; also an actor's own profile. `passed_on_by` as of a Create."""

    id: str
    actor: str
    object: Object | str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    passed_on_by: str | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Something, or the actor itself, is no more."""

    id: str
    actor: str
    object: Tombstone
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """The actor asks to follow `object`. `id` is empty where it stands inside an Accept that lost it (AX3)."""

    id: str
    actor: str
    object: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The actor proposes terms; a counter-proposal names in `in_reply_to` the Offer that it answers. Or a bike,
    or the friendship of two cooperatives.
    """

    id: str
    actor: str
    object: Agreement | BikeBook | Friendship
    content: str = ""
    in_reply_to: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)

    @property
    def terms(self) -> Agreement:
        """What is proposed, where it is an agreement."""
        assert isinstance(self.object, Agreement)
        return self.object


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The actor says yes to a Follow, an Offer, a QuoteRequest, a Join or an Invite.

    `result` is the agreement that now binds, `stamp` the address of the QuoteAuthorization that now holds,
    `charter_version` what whoever was invited says yes to.
    """

    id: str
    actor: str
    object: "Follow | Offer | QuoteRequest | Join | Invite | str"
    result: Agreement | None = None
    stamp: str | None = None
    charter_version: int | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """The actor says no to what Accept says yes to, or to an agreement by its id; `content` says why."""

    id: str
    actor: str
    object: "Follow | Offer | QuoteRequest | Join | Invite | str"
    content: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """The actor asks to quote `object` in `instrument`, a post of theirs (FEP-044f)."""

    id: str
    actor: str
    object: str
    instrument: Object | str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The actor takes an activity of its own back, with or without a word in `content`."""

    id: str
    actor: str
    object: "Activity | str"
    content: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """The actor likes `object`."""

    id: str
    actor: str
    object: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """The actor shares an object, or a Group passes an activity on. What is embedded is not proven by it (AX14)."""

    id: str
    actor: str
    object: "Activity | Object | str"
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The actor wants nothing more to do with `object`."""

    id: str
    actor: str
    object: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """The actor puts `object` into the collection `target`."""

    id: str
    actor: str
    object: str
    target: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """The actor takes `object` out of the collection `target`; `content` says why."""

    id: str
    actor: str
    object: str
    target: str
    content: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A report: `objects` are accounts and posts, at most a hundred (AX17)."""

    id: str
    actor: str
    objects: tuple[str, ...]
    content: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The account `object` moved to `target`."""

    id: str
    actor: str
    object: str
    target: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: str | None = None
    published: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


Activity = (
    Create
    | Update
    | Delete
    | Follow
    | Offer
    | Accept
    | Reject
    | Undo
    | Like
    | Announce
    | Block
    | Add
    | Remove
    | Flag
    | Move
    | QuoteRequest
    | Join
    | Leave
    | Invite
    | TentativeAccept
    | View
)
