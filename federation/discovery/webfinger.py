"""WebFinger (RFC 7033): asking other servers who somebody is, and answering the same question (WF1 to WF13)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from federation.discovery.well_known import fetch_well_known, read_json
from federation.documents.documents import AS_PROFILE, is_activity_type
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import ACTIVITY_JSON
from federation.instance import Instance
from federation.json.fields import Json, mappings, text, uri
from federation.uris import actor_uri, host_of, is_local, is_uri, parse_local, profile_url
from models.errors import Invalid, NotFound
from models.settings import Site

JRD_TYPE = "application/jrd+json"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
SERVICE = f"{AS_PROFILE}#Service"
ROLE = "http://schema.org/roleName"

_MOST_LINKS = 100
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?:acct:)?@?([^@\s/?#:]+)@([^@\s/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """`username@host`; the host is an A-label in lower case, with its port unless that is the default."""

    username: str
    host: str

    def __str__(self) -> str:
        return f"{self.username}@{self.host}"

    def is_same(self, other: "Handle") -> bool:
        """Whether both name the same account: usernames are compared without case."""
        return self.host == other.host and self.username.lower() == other.username.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a server says of one of its accounts: under which handle, and which actor."""

    handle: Handle
    actor: str


def read_handle(written: str) -> Handle | None:
    """`@bob@a.example`, with or without the first @ or `acct:`; None for anything else."""
    found = _HANDLE.fullmatch(written.strip())
    if found is None or len(written) > 2048:
        return None
    try:
        return Handle(username=found[1], host=host_of(f"https://{found[2]}"))
    except Invalid:
        return None


async def find_account(instance: Instance, handle: Handle) -> Account:
    """What the host of `handle` answers; its word only, not yet confirmed. Raises FetchFailed."""
    return read_account(handle, await _fetch_document(instance, handle.host, f"acct:{handle}"))


def read_account(handle: Handle, document: Json) -> Account:
    """The account in what was answered to the question for `handle`. Raises FetchFailed."""
    for link in mappings(document.get("links"), _MOST_LINKS):
        if link.get("rel") == "self" and is_activity_type(text(link.get("type")) or ""):
            actor = uri(link.get("href"))
            if actor is not None:
                subject = read_handle(text(document.get("subject"), 2048) or "")
                return Account(handle=subject or handle, actor=actor)
    raise FetchFailed(Cause.NOT_AN_OBJECT, handle.host)


async def find_interaction_page(instance: Instance, handle: Handle) -> str | None:
    """Where the server of `handle` takes its own people to act on something: a template with `{uri}` (WF5, FEP-3b86).

    None when it names no such page. Raises FetchFailed.
    """
    document = await _fetch_document(instance, handle.host, f"acct:{handle}")
    for link in mappings(document.get("links"), _MOST_LINKS):
        template = text(link.get("template"), 2048) or ""
        if link.get("rel") == SUBSCRIBE and "{uri}" in template and uri(template.replace("{uri}", "")) is not None:
            return template
    return None


async def find_territory(instance: Instance, host: str) -> str | None:
    """The actor that speaks for a whole server, by FEP-d556: the one whose role is "territory". Raises FetchFailed."""
    return (await find_services(instance, host)).get("territory")


async def find_services(instance: Instance, host: str) -> dict[str, str]:
    """The actors of a server itself, by their roles: "territory", "administration" (FEP-d556). Raises FetchFailed."""
    document = await _fetch_document(instance, host, f"https://{host}/")
    found: dict[str, str] = {}
    for link in mappings(document.get("links"), _MOST_LINKS):
        properties, address = link.get("properties"), uri(link.get("href"))
        role = text(properties.get(ROLE)) if isinstance(properties, dict) else None
        if link.get("rel") == SERVICE and role and address is not None:
            found.setdefault(role, address)
    return found


async def _fetch_document(instance: Instance, host: str, resource: str) -> Json:
    path = f"/.well-known/webfinger?resource={quote(resource, safe='')}"
    return read_json(await fetch_well_known(instance, host, path, accept=f"{JRD_TYPE}, application/json"))


def read_resource(site: Site, values: Sequence[str]) -> str | None:
    """Whom a query to our WebFinger asks for: a username, or None for the server itself (FEP-d556).

    `values` are all values of the parameter `resource`. Raises Invalid for what is no resource (400 on the wire) and
    NotFound for what is not ours.
    """
    resource = values[0] if len(values) == 1 else ""
    if not _is_resource(resource):
        raise Invalid("resource_invalid", field="resource")
    handle = read_handle(resource)
    if handle is not None:
        if resource.rpartition("@")[2].lower() != site.host:
            raise NotFound
        return handle.username.lower()
    if is_local(site, resource) and resource.partition("://")[2].partition("/")[2] == "":
        return None  # with either scheme: who asks may not know ours yet
    found = parse_local(site, resource)
    if found is None or found.kind not in {"actor", "profile_page"}:
        raise NotFound
    return found.username


def _is_resource(text: str) -> bool:
    """Whether it is an address of some kind, and a whole one where it is an account's or a page's."""
    if len(text) > 2048 or not _URI.fullmatch(text):
        return False
    match text.partition(":")[0].lower():
        case "acct":
            return read_handle(text) is not None
        case "http" | "https":
            return is_uri(text)
        case _:
            return True


def build_account_document(site: Site, username: str, rels: Sequence[str] = ()) -> Json:
    """Our answer for one of our actors; with `rels`, only links of these kinds (WF8)."""
    actor, page = actor_uri(site, username), profile_url(site, username)
    links: list[Json] = [
        {"rel": "self", "type": ACTIVITY_JSON, "href": actor},
        {"rel": PROFILE_PAGE, "type": "text/html", "href": page},
        {"rel": SUBSCRIBE, "template": f"{site.url}/authorize_interaction?uri={{uri}}"},
    ]
    return {
        "subject": f"acct:{username}@{site.host}",
        "aliases": [page, actor],
        "links": _choose(links, rels),
    }


def build_server_document(site: Site, rels: Sequence[str] = ()) -> Json:
    """Our answer for the server itself: who administers it and which actor is the territory (FEP-d556)."""
    links: list[Json] = [
        {"rel": SERVICE, "type": ACTIVITY_JSON, "href": actor_uri(site, name), "properties": {ROLE: role}}
        for name, role in (("instance", "administration"), ("coop", "territory"))
    ]
    return {"subject": f"{site.url}/", "links": _choose(links, rels)}


def _choose(links: list[Json], rels: Sequence[str]) -> list[Json]:
    return [link for link in links if not rels or link["rel"] in rels]
