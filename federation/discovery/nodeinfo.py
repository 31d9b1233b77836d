"""NodeInfo: what software a server runs and how large it is, ours told and others' read (NI1 to NI4)."""

from dataclasses import dataclass

from federation.discovery.well_known import LIMIT, fetch_well_known, read_json
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.json.fields import Json, mappings, text, uri, whole
from federation.software import NAME, read_version
from federation.uris import actor_uri, figures_uri, same_origin, territories_uri
from models.servers import servers
from models.settings import Site
from models.store.database import connection

VERSIONS = ("2.0", "2.1")
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
EXTENSIONS = ("https://w3id.org/fep/0837", "https://w3id.org/declic/v1")

MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What our NodeInfo tells; counts never include what is not public (NI3). `insee` are codes of communes,
    `logo` is the address of the cooperative's picture.

    `listed`: the cooperative wants to be in the directory of territories. `figures`: it publishes its figures.
    """

    name: str
    description: str
    users: int
    active_month: int
    active_half_year: int
    local_posts: int
    open_registrations: bool
    insee: tuple[str, ...] = ()
    logo: str = ""
    listed: bool = False
    figures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteServer:
    """What another server's NodeInfo tells, as plain text; `figures` is where its cooperative publishes them."""

    software: str
    version: str
    name: str
    users: int | None
    open_registrations: bool
    figures: str | None = None


def build_links(site: Site) -> Json:
    """`/.well-known/nodeinfo`: where the documents are."""
    return {"links": [{"rel": f"{SCHEMA}{version}", "href": f"{site.url}/nodeinfo/{version}"} for version in VERSIONS]}


def content_type(version: str) -> str:
    """The Content-Type of the document of this version."""
    return f'application/json; profile="{SCHEMA}{version}#"; charset=utf-8'


def build_nodeinfo(site: Site, version: str, facts: ServerFacts) -> Json:
    """Our document of this version; 2.1 also names where the source is. megalodon knows no software of our name, hence
    `upstream`.
    """
    software: Json = {"name": NAME, "version": read_version()}
    if version == "2.1":
        software["repository"] = site.source
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": facts.open_registrations,
        "usage": {
            "users": {
                "total": facts.users,
                "activeMonth": facts.active_month,
                "activeHalfyear": facts.active_half_year,
            },
            "localPosts": facts.local_posts,
        },
        "metadata": {
            "nodeName": facts.name,
            "nodeDescription": facts.description,
            **({"nodeIcon": facts.logo} if facts.logo else {}),
            "staffAccounts": [actor_uri(site, "coop")],
            "federation": {"enabled": True},
            "activitypub": {"extensions": list(EXTENSIONS)},
            "territory": _describe_territory(site, facts),
            "upstream": {"name": "mastodon"},
        },
    }


def _describe_territory(site: Site, facts: ServerFacts) -> Json:
    """Whose territory this is; where it says for which others it vouches, if it wants to be in the directory."""
    directory = {"directory": territories_uri(site)} if facts.listed else {}
    figures = {"figures": figures_uri(site)} if facts.figures else {}
    return {"actor": actor_uri(site, "coop"), **directory, **figures, "insee": list(facts.insee)}


async def fetch_server(instance: Instance, host: str) -> RemoteServer:
    """What the NodeInfo of `host` tells; documents elsewhere are not asked for (NI4). Raises FetchFailed."""
    fetched = await fetch_well_known(instance, host, "/.well-known/nodeinfo", accept="application/json")
    href = _find_href(read_json(fetched), fetched.url)
    if href is None:
        raise FetchFailed(Cause.NOT_AN_OBJECT, host)
    answer = await instance.transport.get_document(href, accept="application/json", limit=LIMIT)
    if not same_origin(answer.url, fetched.url):
        raise FetchFailed(Cause.REDIRECT, host)
    return read_nodeinfo(read_json(answer))


async def learn_server(instance: Instance, host: str) -> RemoteServer:
    """Fetch the NodeInfo of `host` and keep what it says for the administrators. Raises FetchFailed."""
    found = await fetch_server(instance, host)
    async with connection(instance.pool) as conn:
        await servers.save_software(conn, host, software=found.software, version=found.version, name=found.name)
    return found


def read_nodeinfo(document: Json) -> RemoteServer:
    """The document of any version, as far as it goes."""
    software, usage, metadata = (_inner(document, key) for key in ("software", "usage", "metadata"))
    return RemoteServer(
        software=_plain(software.get("name")),
        version=_plain(software.get("version")),
        name=_plain(metadata.get("nodeName")),
        users=whole(_inner(usage, "users").get("total"), 0, 2**53),
        open_registrations=document.get("openRegistrations") is True,
        figures=uri(_inner(metadata, "territory").get("figures")),
    )


def _find_href(document: Json, asked: str) -> str | None:
    """The address of the newest version that we read, when it is on the host that was asked."""
    found = {text(link.get("rel")) or "": uri(link.get("href")) for link in mappings(document.get("links"), 20)}
    for version in ("2.1", "2.0", "1.1", "1.0"):
        href = found.get(f"{SCHEMA}{version}")
        if href is not None and same_origin(href, asked):
            return href
    return None


def _inner(document: Json, key: str) -> Json:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _plain(value: object) -> str:
    """Text for a table of the administrators: one line, no control characters (B-42)."""
    written = text(value, MAX_NAME) or ""
    return " ".join("".join(one if one.isprintable() else " " for one in written).split())
