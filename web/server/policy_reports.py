"""`POST /healthz/csp`: what a browser refused on a page of ours by our own content policy."""

import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from models.coop import policy_reports
from models.coop.policy_reports import DIRECTIVES, Source
from models.limits import POLICY_REPORTS, POLICY_REPORTS_OF
from models.store.database import transaction
from web.http.app_keys import INSTANCE
from web.http.client_address import visitor_network

MOST_BYTES = 8192

ALIKE: dict[str, Source] = {"inline": "inline", "eval": "eval", "wasm-eval": "eval", "trusted-types-policy": "eval"}
"""How browsers write what comes from no address."""

NOBODY = "?"
"""The page, where it is none of ours by now."""


async def post_report(request: web.Request) -> web.Response:
    """Count it, unless what was refused is the browser's own: an extension that writes into every page.

    Nothing of it is kept but which directive, on which kind of page, and what kind of source.
    """
    instance = request.app[INSTANCE]
    of, counter = visitor_network(request.remote), instance.counter
    if not (counter.spend(POLICY_REPORTS_OF, of) and counter.spend(POLICY_REPORTS, "")):
        return web.Response(status=429)
    unread = request.clone(method="GET")
    said = _read(await request.read()) if (request.content_length or 0) <= MOST_BYTES else {}
    directive = str(said.get("effective-directive") or said.get("violated-directive") or "").partition(" ")[0]
    source = _find_source(said, instance.site.url)
    page = await _find_page(unread, said.get("document-uri"))
    if directive in DIRECTIVES and source is not None and page is not None:
        async with transaction(instance.pool) as conn:
            await policy_reports.note(conn, directive=directive, page=page, source=source)
    return web.Response(status=204)


def _read(body: bytes) -> dict[str, Any]:
    """The report, as `report-uri` sends it (CSP 3 §5.4); empty for anything else."""
    try:
        said = json.loads(body).get("csp-report")
    except (ValueError, AttributeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _find_source(said: dict[str, Any], own: str) -> Source | None:
    """What kind of thing was refused; None for what an extension of the browser did."""
    blocked = str(said.get("blocked-uri") or "inline")
    file = str(said.get("source-file") or "")
    scheme = blocked.partition(":")[0].lower()
    if _is_of_browser(file.partition(":")[0].lower()) or _is_of_browser(scheme):
        return None
    if blocked in ALIKE:
        return ALIKE[blocked]
    if scheme in ("data", "blob"):
        return "data"
    return "here" if f"{blocked}/".startswith(f"{own}/") or blocked == "self" else "elsewhere"


def _is_of_browser(scheme: str) -> bool:
    return scheme.endswith("-extension") or scheme in ("about", "chrome", "resource", "sandbox")


async def _find_page(request: web.Request, address: object) -> str | None:
    """The line of our table that leads to this page; None where the address is another site's."""
    own = request.app[INSTANCE].site.url
    if not isinstance(address, str) or not f"{address}/".startswith(f"{own}/"):
        return None
    try:
        asked = request.clone(rel_url=urlsplit(address).path or "/")
        found = await request.app.router.resolve(asked)
    except ValueError:
        return NOBODY
    resource = found.route.resource
    return NOBODY if resource is None or found.http_exception is not None else resource.canonical


ROUTES: list[web.RouteDef] = [web.post("/healthz/csp", post_report)]
