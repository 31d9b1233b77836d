"""What a server says of itself before anybody knows an address: WebFinger, host-meta, NodeInfo."""

import orjson
from aiohttp import web

from federation.discovery import host_meta, nodeinfo, webfinger
from models import preferences
from models.errors import Gone, Invalid, NotFound
from models.people import actors, sign_ups, usage_statistics
from models.store.database import Connection, connection
from web.activitypub.negotiation import OPEN
from web.http.accept import prefers
from web.http.app_keys import INSTANCE
from web.middlewares.errors import format_in_english
from web.rendering.branding import find_logo

CACHED = "max-age=3600, public"

_JSON = frozenset({"application/json", webfinger.JRD_TYPE})
_XML = frozenset({"application/xrd+xml", "application/xml", "text/xml", "*/*"})


def _answer(document: object, content_type: str, *, cached: str = CACHED) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), headers={"Content-Type": content_type, "Cache-Control": cached} | OPEN
    )


def _refuse(status: int, sentence: str) -> web.Response:
    """Kept by nobody: whoever is not here today may be here tomorrow."""
    return web.json_response({"error": sentence}, status=status, headers=OPEN | {"Cache-Control": "no-store"})


async def show_webfinger(request: web.Request) -> web.Response:
    """RFC 7033 for our actors, and for the server itself (FEP-d556). 400, 404 and 410 as WF5 and WF6 say."""
    site = request.app[INSTANCE].site
    rels = request.query.getall("rel", [])
    try:
        username = webfinger.read_resource(site, request.query.getall("resource", []))
        if username is None:
            return _answer(webfinger.build_server_document(site, rels), webfinger.JRD_TYPE)
        async with connection(request.app[INSTANCE].pool) as conn:
            await _require_present(conn, username)
    except Invalid as error:
        return _refuse(400, format_in_english(error))
    except NotFound as error:
        return _refuse(404, format_in_english(error))
    except Gone:
        return _refuse(410, "This account was deleted.")
    return _answer(webfinger.build_account_document(site, username, rels), webfinger.JRD_TYPE)


async def _require_present(conn: Connection, username: str) -> None:
    actor = await actors.find_published(conn, username)
    if actor is None:
        raise NotFound
    if actor.deleted_at is not None:
        raise Gone


async def show_host_meta(request: web.Request) -> web.Response:
    """RFC 6415, as XML or JSON (HM1)."""
    site = request.app[INSTANCE].site
    if request.path.endswith(".json") or prefers(request, _JSON, _XML):
        response = _answer(host_meta.build_host_meta_json(site), webfinger.JRD_TYPE)
    else:
        headers = {"Content-Type": host_meta.XRD_TYPE, "Cache-Control": CACHED} | OPEN
        response = web.Response(text=host_meta.build_host_meta(site), headers=headers)
    response.headers["Vary"] = "Accept"
    return response


async def show_nodeinfo_links(request: web.Request) -> web.Response:
    """Where the NodeInfo documents are (NI1)."""
    return _answer(nodeinfo.build_links(request.app[INSTANCE].site), "application/json; charset=utf-8")


async def show_nodeinfo(request: web.Request) -> web.Response:
    """The NodeInfo document of version 2.0 or 2.1 (NI2, NI3)."""
    instance = request.app[INSTANCE]
    version = request.match_info["version"]
    async with connection(instance.pool) as conn:
        chosen = await preferences.load(conn)
        registration = await sign_ups.find_registration(conn)
        counts = await usage_statistics.count_server(conn)
        coop = await actors.find_local(conn, "coop")
    facts = nodeinfo.ServerFacts(
        name=chosen.name or instance.site.host,
        description=chosen.sentence,
        users=counts.users,
        active_month=counts.active_month,
        active_half_year=counts.active_half_year,
        local_posts=counts.public_posts,
        open_registrations=registration == "open",
        insee=chosen.territory_codes,
        logo=find_logo(instance.site, chosen),
        listed=coop is not None and coop.discoverable,
        figures=chosen.figures_published,
    )
    document = nodeinfo.build_nodeinfo(instance.site, version, facts)
    return _answer(document, nodeinfo.content_type(version), cached="max-age=300, public")
