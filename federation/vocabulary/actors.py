"""Actor documents: people, groups, cooperatives and servers as they present themselves, with their keys."""

from dataclasses import dataclass, field
from datetime import datetime

from federation.errors import Malformed
from federation.json.fields import (
    MAX_NAME,
    Json,
    compact,
    flag,
    localized,
    many,
    moment,
    one,
    optional,
    page_url,
    require_uri,
    text,
    types,
    uri,
    uris,
    write_moment,
)
from federation.vocabulary.communities import CommunityDocument, read_community, write_community
from federation.vocabulary.hours import NO_HOURS, read_hours, write_hours
from federation.vocabulary.keys import (
    MAX_KEYS,
    Multikey,
    PublicKeyPem,
    read_multikey,
    read_public_keys,
    write_multikey,
    write_public_key,
)
from federation.vocabulary.parts import Document, Hashtag, read_hashtag, read_picture, write_document, write_hashtag
from federation.vocabulary.places import Place, read_place, write_place
from federation.vocabulary.repair_shops import RepairShopDocument, read_repair_shop, write_repair_shop
from models.people.opening_hours import Hours

ACTOR_TYPES = ("Person", "Group", "Organization", "Application", "Service")

MAX_FIELDS = 50
ABSENCE = "Absence"
"""The field in which servers that do not know `awayUntil` show when somebody is back."""

MAX_ALIASES = 100
MAX_USERNAME = 2048
MAX_SUMMARY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileField:
    """A line of somebody's profile; `value` is HTML as received."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorDocument:
    """An actor as its server shows it. `summary` and field values are HTML as received, not cleaned.

    Who says nothing about `indexable` has not agreed to it (FEP-5feb). `implements` are capability addresses
    (FEP-844e); `place` is `location`; `moderators` is a Group's `attributedTo` (FEP-1b12); `category` is what a
    Group of ours announces. The offers of who is `away_until` a moment rest; `hours` are those of a place; `community`
    is what a Group tells that people are part of, `repair_shop` what an Organization that repairs does; `repair_shops`
    are those that a cooperative lists, `stolen_bikes` is where its friends ask about one frame number, `looks` where
    they ask to be looked at from outside. A server lost what happened between `restored_from`, of when its backup was,
    and `restored_at`; at `held_copies` of another it reads what that one holds of it.
    """

    id: str
    type: str
    inbox: str
    username: str
    webfinger: str = ""
    name: str = ""
    summary: str = ""
    url: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    shared_inbox: str | None = None
    published: datetime | None = None
    public_keys: tuple[PublicKeyPem, ...] = ()
    multikeys: tuple[Multikey, ...] = ()
    icon: Document | None = None
    image: Document | None = None
    locked: bool = False
    discoverable: bool = True
    indexable: bool = True
    suspended: bool = False
    fields: tuple[ProfileField, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    implements: tuple[str, ...] = ()
    territory: str | None = None
    category: str | None = None
    place: Place | None = None
    service_area: Place | None = None
    moderators: str | None = None
    proposals: str | None = None
    groups: str | None = None
    territories: str | None = None
    away_until: datetime | None = None
    restored_from: datetime | None = None
    restored_at: datetime | None = None
    hours: Hours = NO_HOURS
    community: CommunityDocument | None = None
    repair_shop: RepairShopDocument | None = None
    repair_shops: str | None = None
    stolen_bikes: str | None = None
    looks: str | None = None
    held_copies: str | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


def actor_type(document: Json) -> str | None:
    """The first of an object's types that is an actor's."""
    return next((name for name in types(document) if name in ACTOR_TYPES), None)


def read_actor(document: Json) -> ActorDocument:
    """An actor; raises Malformed for one without id, inbox, known type or username (Mastodon refuses those too)."""
    kind = actor_type(document)
    if kind is None:
        raise Malformed("This is not an actor.")
    username, webfinger = _read_names(document)
    endpoints = one(document.get("endpoints"), lambda found: found) or {}
    return ActorDocument(
        id=require_uri(document, "id"),
        type=kind,
        inbox=require_uri(document, "inbox"),
        username=username,
        webfinger=webfinger,
        name=localized(document, "name", 500) or "",
        summary=localized(document, "summary", MAX_SUMMARY) or "",
        url=page_url(document.get("url")),
        outbox=uri(document.get("outbox")),
        followers=uri(document.get("followers")),
        following=uri(document.get("following")),
        featured=uri(document.get("featured")),
        shared_inbox=uri(endpoints.get("sharedInbox")) or uri(document.get("sharedInbox")),
        published=moment(document.get("published")),
        public_keys=read_public_keys(document.get("publicKey")),
        multikeys=many(document.get("assertionMethod"), read_multikey, MAX_KEYS),
        icon=read_picture(document.get("icon")),
        image=read_picture(document.get("image")),
        locked=flag(document.get("manuallyApprovesFollowers")) or False,
        discoverable=flag(document.get("discoverable")) is not False,
        indexable=flag(document.get("indexable")) or False,
        suspended=flag(document.get("suspended")) or False,
        fields=many(document.get("attachment"), _read_field, MAX_FIELDS),
        hashtags=many(document.get("tag"), read_hashtag, MAX_FIELDS),
        also_known_as=uris(document.get("alsoKnownAs"), MAX_ALIASES),
        moved_to=uri(document.get("movedTo")),
        implements=_read_implements(document),
        territory=uri(document.get("territory")),
        category=uri(document.get("category")),
        place=one(document.get("location"), read_place),
        service_area=one(document.get("serviceArea"), read_place),
        moderators=uri(document.get("attributedTo")) if kind == "Group" else None,
        proposals=uri(document.get("proposals")),
        groups=uri(document.get("groups")),
        territories=uri(document.get("territories")),
        away_until=moment(document.get("awayUntil")),
        restored_from=moment(document.get("restoredFrom")),
        restored_at=moment(document.get("restoredAt")),
        hours=read_hours(document),
        community=read_community(document),
        repair_shop=read_repair_shop(document),
        repair_shops=uri(document.get("repairShops")),
        stolen_bikes=uri(document.get("stolenBikes")),
        looks=uri(document.get("looks")),
        held_copies=uri(document.get("heldCopies")),
        raw=document,
    )


def _read_names(document: Json) -> tuple[str, str]:
    """preferredUsername, or what stands before the @ of `webfinger` (FEP-2c59); one of them there must be."""
    username = text(document.get("preferredUsername"), MAX_USERNAME + 1) or ""
    webfinger = (text(document.get("webfinger"), MAX_USERNAME) or "").removeprefix("acct:").lstrip("@")
    username = username or webfinger.partition("@")[0]
    if not username or len(username) > MAX_USERNAME or any(character.isspace() for character in username):
        raise Malformed("This actor has no usable username.")
    return username, webfinger


def _read_field(document: Json) -> ProfileField | None:
    name = localized(document, "name", MAX_NAME)
    if not name or "PropertyValue" not in types(document):
        return None
    return ProfileField(name=name, value=text(document.get("value"), 5_000) or "")


def _read_implements(document: Json) -> tuple[str, ...]:
    """Capabilities of the server: on the Application itself, or on the `generator` of others (FEP-844e)."""
    generator = one(document.get("generator"), lambda found: found) or {}
    return uris(document.get("implements") or generator.get("implements"), 100)


CAPABILITY_NAMES = {
    "https://w3id.org/fep/0837": "FEP-0837",
    "https://w3id.org/fep/1b12": "FEP-1b12",
    "https://w3id.org/declic/v1": "Declic v1",
    "https://datatracker.ietf.org/doc/html/rfc9421": "RFC-9421",
}


def write_actor(value: ActorDocument) -> Json:
    """An actor of ours (AC2)."""
    return compact(
        {
            "id": value.id,
            "type": value.type,
            "preferredUsername": value.username,
            "webfinger": value.webfinger or None,
            "name": value.name,
            "summary": value.summary,
            "url": value.url,
            "inbox": value.inbox,
            "outbox": value.outbox,
            "followers": value.followers,
            "following": value.following,
            "featured": value.featured,
            "endpoints": optional(value.shared_inbox, _write_endpoints),
            "published": optional(value.published, write_moment),
            **_write_keys(value),
            "manuallyApprovesFollowers": value.locked,
            "discoverable": value.discoverable,
            "indexable": value.indexable,
            "suspended": value.suspended or None,
            "icon": optional(value.icon, write_document),
            "image": optional(value.image, write_document),
            "attachment": [_write_field(line) for line in value.fields],
            "tag": [write_hashtag(hashtag) for hashtag in value.hashtags],
            "alsoKnownAs": list(value.also_known_as) or None,
            "movedTo": value.moved_to,
            "implements": [_write_capability(address) for address in value.implements] or None,
            "territory": value.territory,
            "category": value.category,
            "location": optional(value.place, write_place),
            "serviceArea": optional(value.service_area, write_place),
            "attributedTo": value.moderators,
            "proposals": value.proposals,
            "groups": value.groups,
            "territories": value.territories,
            "repairShops": value.repair_shops,
            "stolenBikes": value.stolen_bikes,
            "looks": value.looks,
            "heldCopies": value.held_copies,
            "awayUntil": optional(value.away_until, write_moment),
            "restoredFrom": optional(value.restored_from, write_moment),
            "restoredAt": optional(value.restored_at, write_moment),
            **write_hours(value.hours),
            **write_community(value.community),
            **write_repair_shop(value.repair_shop),
        }
    )


def _write_endpoints(shared_inbox: str) -> Json:
    return {"sharedInbox": shared_inbox}


def _write_keys(value: ActorDocument) -> Json:
    """In both forms: `publicKey` for most servers, `assertionMethod` for those that read FEP-521a."""
    return {
        "publicKey": write_public_key(value.public_keys[0]) if value.public_keys else None,
        "assertionMethod": [write_multikey(key) for key in value.multikeys] or None,
    }


def _write_field(value: ProfileField) -> Json:
    return {"type": "PropertyValue", "name": value.name, "value": value.value}


def _write_capability(address: str) -> Json:
    return compact({"type": "Link", "href": address, "name": CAPABILITY_NAMES.get(address)})
