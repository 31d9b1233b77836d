"""An actor, and what is needed to keep one of ours or of others."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ActorType = Literal["Person", "Group", "Organization", "Application", "Service"]

BUILT_IN = ("instance", "coop", "offres", "services", "demandes", "depannage_velo")
"""The actors that every instance has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One actor. `host` carries its port where that is not the default; `summary` and field values are cleaned HTML.

    Its offers rest until `away_until`; `street` and `hours` (models/people/opening_hours) are of places that people
    may come to.
    """

    id: int
    uri: str
    type: ActorType
    local: bool
    username: str
    host: str
    name: str
    summary: str
    url: str
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers_uri: str | None
    following_uri: str | None
    featured_uri: str | None
    icon_media_id: int | None
    image_media_id: int | None
    locked: bool
    discoverable: bool
    indexable: bool
    fields: list[dict[str, str]]
    also_known_as: list[str]
    moved_to: str | None
    implements: list[str]
    territory_uri: str | None
    category: str | None
    place_name: str | None
    postcode: str | None
    commune_code: str | None
    latitude: float | None
    longitude: float | None
    radius: int | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    fetched_at: datetime | None
    suspended_at: datetime | None
    deleted_at: datetime | None
    automatic: bool = False
    away_until: datetime | None = None
    street: str | None = None
    hours: dict[str, Any] | None = None
    limited_at: datetime | None = None
    excluded_at: datetime | None = None
    suspended_at_home: bool = False

    @property
    def handle(self) -> str:
        """`alice@lomme.example`, without the leading @."""
        return f"{self.username}@{self.host}"

    @property
    def gone(self) -> bool:
        """Whether it was deleted or is suspended: it acts no more, and nothing shows it."""
        return self.deleted_at is not None or self.suspended_at is not None

    @property
    def speaks_for_cooperative(self) -> bool:
        """Whether a cooperative speaks by this actor, ours or another one."""
        return self.type == "Organization" and self.username.lower() == "coop"

    @property
    def guest(self) -> bool:
        """Whether this is somebody without any account, who takes part by mail (models/exchanges/guests): of no
        server at all.
        """
        return not self.host

    @property
    def display_name(self) -> str:
        """What pages call this actor: its name, else its username."""
        return self.name or self.username


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteActor:
    """What a fetched actor document says, cleaned and limited; `save_remote` keeps it.

    Who is `suspended_at_home` is so by her own server: she is hidden here too, until it says otherwise.
    """

    uri: str
    type: ActorType
    username: str
    host: str
    url: str
    inbox: str
    name: str = ""
    summary: str = ""
    shared_inbox: str | None = None
    outbox: str | None = None
    followers_uri: str | None = None
    following_uri: str | None = None
    featured_uri: str | None = None
    locked: bool = False
    discoverable: bool = True
    indexable: bool = True
    fields: list[dict[str, str]] = field(default_factory=list)
    also_known_as: list[str] = field(default_factory=list)
    moved_to: str | None = None
    implements: list[str] = field(default_factory=list)
    territory_uri: str | None = None
    category: str | None = None
    place_name: str | None = None
    postcode: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    away_until: datetime | None = None
    suspended_at_home: bool = False
    street: str | None = None
    hours: dict[str, Any] | None = None
    published_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalActor:
    """What is needed to create an actor of ours; its addresses come from `federation/uris`."""

    type: ActorType
    username: str
    host: str
    uri: str
    url: str
    inbox: str
    shared_inbox: str
    outbox: str
    followers_uri: str
    following_uri: str
    featured_uri: str
    name: str = ""
    summary: str = ""
    locked: bool = False
    discoverable: bool = True
    territory_uri: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a local person or the cooperative may change of an actor; texts are cleaned HTML where the actor's are.

    What is None of `indexable` and `automatic` stays as it is.
    """

    name: str
    summary: str
    locked: bool
    discoverable: bool
    fields: list[dict[str, str]]
    place_name: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    indexable: bool | None = None
    automatic: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The public figures of an actor."""

    actor_id: int
    posts: int
    followers: int
    following: int
    last_post_at: datetime | None
