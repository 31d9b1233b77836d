"""Our own addresses, minted and recognised in one place, and the comparison of anybody's host and origin."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, urlsplit
from uuid import uuid4

import idna

from models.errors import Invalid
from models.settings import Site

LocalKind = Literal[
    "actor", "key", "inbox", "outbox", "followers", "following", "featured", "proposals", "moderators",
    "members", "managers", "requests", "charter",
    "listing", "listing_context", "listing_replies", "listing_likes", "listing_shares", "listing_proposal",
    "listing_unavailabilities", "listing_slots", "intent",
    "note", "note_context", "note_replies", "note_likes", "note_shares", "activity", "agreement", "commitment",
    "event",
    "shared_inbox", "profile_page", "listing_page", "meeting_page", "note_page", "tag_page",
]  # fmt: skip

MAX_LENGTH = 2048

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = r"[a-z0-9_]{1,30}"
_CIRCLES = "members|moderators|managers|requests"
_LISTING_PARTS = "context|replies|likes|shares|proposal|unavailabilities|slots"
_USER = rf"/users/(?P<username>{_NAME})"
_ASCII_HOST = re.compile(r"[a-z0-9._-]+")
_PLAIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:[/?#][^\x00-\x20\x7f\\]*)?")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")

_PATHS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("actor", re.compile(_USER)),
    ("key", re.compile(rf"{_USER}#(?:main-key|ed25519-key)")),
    ("", re.compile(rf"{_USER}/(?P<kind>inbox|outbox|followers|following|featured|proposals|{_CIRCLES})")),
    ("charter", re.compile(rf"{_USER}/charter/\d{{1,5}}")),
    ("listing", re.compile(rf"{_USER}/items/(?P<uuid>{_UUID})")),
    ("listing_", re.compile(rf"{_USER}/items/(?P<uuid>{_UUID})/(?P<kind>{_LISTING_PARTS})")),
    ("intent", re.compile(rf"{_USER}/items/(?P<uuid>{_UUID})#(?:primary|reciprocal)")),
    ("note", re.compile(rf"{_USER}/notes/(?P<uuid>{_UUID})")),
    ("note_", re.compile(rf"{_USER}/notes/(?P<uuid>{_UUID})/(?P<kind>context|replies|likes|shares)")),
    ("activity", re.compile(rf"{_USER}/activities/(?P<uuid>{_UUID})")),
    ("agreement", re.compile(rf"{_USER}/agreements/(?P<uuid>{_UUID})")),
    ("commitment", re.compile(rf"{_USER}/agreements/(?P<uuid>{_UUID})#(?:primary|reciprocal)")),
    ("event", re.compile(rf"{_USER}/events/(?P<uuid>{_UUID})")),
    ("shared_inbox", re.compile(r"/inbox")),
    ("profile_page", re.compile(rf"/@(?P<username>{_NAME})")),
    ("note_page", re.compile(rf"/@(?P<username>{_NAME})/(?P<uuid>{_UUID})")),
    ("listing_page", re.compile(rf"/annonces/(?P<uuid>{_UUID})")),
    ("meeting_page", re.compile(rf"/rencontres/(?P<uuid>{_UUID})")),
    ("tag_page", re.compile(r"/tags/[^/?#]+")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalUri:
    """An address of this server, taken apart; `username` and `uuid` are empty where the kind has none."""

    kind: LocalKind
    username: str = ""
    uuid: str = ""


def actor_uri(site: Site, username: str) -> str:
    """The actor's id."""
    return f"{site.url}/users/{username}"


def inbox_uri(site: Site, username: str) -> str:
    """Where others post to this actor alone."""
    return f"{site.url}/users/{username}/inbox"


def shared_inbox_uri(site: Site) -> str:
    """Where others post once for everybody here."""
    return f"{site.url}/inbox"


def outbox_uri(site: Site, username: str) -> str:
    """The collection of the actor's public activities."""
    return f"{site.url}/users/{username}/outbox"


def followers_uri(site: Site, username: str) -> str:
    """The collection that also stands for "my followers" in `to` and `cc`."""
    return f"{site.url}/users/{username}/followers"


def followers_synchronization_uri(site: Site, username: str) -> str:
    """The followers at the server that asks (FEP-8fcf)."""
    return f"{site.url}/users/{username}/followers_synchronization"


def following_uri(site: Site, username: str) -> str:
    """The collection of whom the actor follows."""
    return f"{site.url}/users/{username}/following"


def featured_uri(site: Site, username: str) -> str:
    """The collection of pinned posts."""
    return f"{site.url}/users/{username}/featured"


def proposals_uri(site: Site, username: str) -> str:
    """The collection of the actor's open listings."""
    return f"{site.url}/users/{username}/proposals"


def territories_uri(site: Site) -> str:
    """The collection of the territories that we vouch for."""
    return f"{site.url}/territories"


def figures_uri(site: Site) -> str:
    """What the cooperative publishes of itself, for its neighbours to add up."""
    return f"{site.url}/chiffres/ensemble.json"


def main_key_uri(site: Site, username: str) -> str:
    """The RSA key; Lemmy needs the fragment."""
    return f"{site.url}/users/{username}#main-key"


def ed25519_key_uri(site: Site, username: str) -> str:
    """The Multikey (FEP-521a)."""
    return f"{site.url}/users/{username}#ed25519-key"


def profile_url(site: Site, username: str) -> str:
    """The actor's page for people."""
    return f"{site.url}/@{username}"


def listing_uri(site: Site, username: str, uuid: str) -> str:
    """The listing's id; flohmarkt builds the same path itself when it replies."""
    return f"{site.url}/users/{username}/items/{uuid}"


def listing_url(site: Site, uuid: str) -> str:
    """The listing's page for people."""
    return f"{site.url}/annonces/{uuid}"


def meeting_url(site: Site, uuid: str) -> str:
    """The meeting's page for people; its id is that of a listing."""
    return f"{site.url}/rencontres/{uuid}"


def unavailabilities_uri(listing_id: str) -> str:
    """The collection of the days on which the listing with this id is not to be had."""
    return f"{listing_id}/unavailabilities"


def slots_uri(listing_id: str) -> str:
    """The collection of the times at which appointments of the listing with this id are to be had."""
    return f"{listing_id}/slots"


def note_uri(site: Site, username: str, uuid: str) -> str:
    """The note's id."""
    return f"{site.url}/users/{username}/notes/{uuid}"


def note_url(site: Site, username: str, uuid: str) -> str:
    """The note's page for people."""
    return f"{site.url}/@{username}/{uuid}"


def stamp_uri(site: Site, username: str) -> str:
    """A fresh id for the agreement of this actor to be quoted (a QuoteAuthorization)."""
    return f"{actor_uri(site, username)}/quotes/{uuid4()}"


def activity_uri(site: Site, username: str) -> str:
    """A new id for one activity: each has its own, Updates too."""
    return f"{site.url}/users/{username}/activities/{uuid4()}"


def agreement_uri(site: Site, username: str) -> str:
    """A fresh id for an agreement about something of this person."""
    return f"{actor_uri(site, username)}/agreements/{uuid4()}"


def event_uri(site: Site, username: str) -> str:
    """A fresh id for what this person reports as done."""
    return f"{actor_uri(site, username)}/events/{uuid4()}"


def file_uri(site: Site, username: str) -> str:
    """A new address of a file that is sent to one person."""
    return f"{actor_uri(site, username)}/files/{uuid4()}"


def tag_url(site: Site, name: str) -> str:
    """The page of a hashtag, given without its `#`; percent-encoded, since it also serves as an `href` on the wire."""
    return f"{site.url}/tags/{quote(name.lower(), safe='')}"


def is_local(site: Site, uri: str) -> bool:
    """Whether this address is on our host, whatever its scheme, case, default port or final dot.

    Wider than "same origin" on purpose: nothing that claims our host may ever be stored as somebody else's (B-21).
    """
    if uri.startswith(f"{site.url}/") or uri == site.url:
        return True
    try:
        return host_of(uri) == site.host
    except Invalid:
        return False


def parse_local(site: Site, uri: str) -> LocalUri | None:
    """What this address of ours stands for; None when it is not ours or not one that we mint."""
    if not uri.startswith(f"{site.url}/"):
        return None
    path = uri[len(site.url) :]
    for kind, pattern in _PATHS:
        if match := pattern.fullmatch(path):
            groups = match.groupdict()
            return LocalUri(
                kind=kind + groups.get("kind", ""),  # type: ignore[arg-type] # the patterns name only LocalKinds
                username=groups.get("username", ""),
                uuid=groups.get("uuid", ""),
            )
    return None


@lru_cache(maxsize=4096)
def host_of(uri: str) -> str:
    """The host as an A-label in lower case, with its port unless it is the scheme's default; raises Invalid."""
    return _split(uri)[1]


@lru_cache(maxsize=4096)
def origin_of(uri: str) -> str:
    """Scheme, host and port as one comparable string (FEP-fe34), `http://a.example:8001`; raises Invalid."""
    scheme, host = _split(uri)
    return f"{scheme}://{host}"


def is_uri(value: str) -> bool:
    """Whether this is an http(s) address that could be somebody's id."""
    if len(value) <= MAX_LENGTH and _PLAIN.fullmatch(value):
        return True
    try:
        _split(value)
    except Invalid:
        return False
    return True


def same_origin(first: str, second: str) -> bool:
    """Whether both are web addresses of one origin; False when either is no web address."""
    try:
        return origin_of(first) == origin_of(second)
    except Invalid:
        return False


def to_a_label(host: str) -> str:
    """A host name as DNS knows it, lower-cased, without a final dot; raises Invalid."""
    host = host.lower().removesuffix(".")
    if host.isascii():
        if not _ASCII_HOST.fullmatch(host):
            raise Invalid("server_name_invalid")
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError as error:
        raise Invalid("server_name_invalid") from error


def _split(uri: str) -> tuple[str, str]:
    if len(uri) > MAX_LENGTH or _FORBIDDEN.search(uri):
        raise Invalid("url_invalid")
    if plain := _PLAIN.fullmatch(uri):
        return plain[1], plain[2]
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise Invalid("url_invalid") from error
    default = _DEFAULT_PORTS.get(parts.scheme)
    if default is None or not parts.hostname or "@" in parts.netloc:
        raise Invalid("url_invalid")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else to_a_label(parts.hostname)
    return parts.scheme, host if port in (None, default) else f"{host}:{port}"


def web_address(*candidates: str | None) -> str:
    """The first that a browser may open; a `javascript:` from elsewhere never reaches a client."""
    for candidate in candidates:
        if candidate and candidate.startswith(("https://", "http://")):
            return candidate
    return ""
