"""What machines that read whole sites are told: public pages, those to leave, who is asked to go, whom to tell."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from federation.json.fields import write_moment
from models import preferences
from models.lazy import LazyModule
from models.people.documents import own_pages
from models.preferences import Preferences
from models.searches.sitemap import SitemapEntry, list_own_pages
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET
else:
    ET = LazyModule("xml.etree.ElementTree")

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"

MOST = 50_000
"""Addresses that one sitemap may hold (sitemaps.org)."""

KEPT_SECONDS = 3600

VALID_DAYS = 90
"""Who keeps a copy of security.txt asks again after so many: the cooperative may change its address any day."""

FIXED = (
    "/",
    "/annonces",
    "/reseau",
    "/diagnostic",
    "/aide",
    "/mentions-legales",
    "/donnees-personnelles",
    "/accessibilite",
)
"""Pages that everybody may read, whatever is published."""

NOT_FOR_CRAWLERS = (
    *("/compte", "/coop", "/chez-moi", "/echanges", "/agenda", "/connexion", "/inscription", "/publier", "/lien"),
    *("/embed/", "/signaler", "/ailleurs", "/alertes", "/annonces/affiche", "/annonces/integrer"),
)
"""Pages that lead nowhere for them."""

AI_CRAWLERS = (
    *("AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot", "ChatGPT-User"),
    *("Claude-SearchBot", "Claude-User", "ClaudeBot", "cohere-ai", "cohere-training-data-crawler", "Diffbot"),
    *("DuckAssistBot", "FacebookBot", "Google-CloudVertexBot", "Google-Extended", "GPTBot", "ImagesiftBot"),
    *("Meta-ExternalAgent", "Meta-ExternalFetcher", "MistralAI-User", "OAI-SearchBot", "omgili", "PanguBot"),
    *("Perplexity-User", "PerplexityBot", "Timpibot", "Webzio-Extended", "YouBot"),
)
"""The names under which crawlers that feed language models and answering machines present themselves in robots.txt."""


async def show_robots(request: web.Request) -> web.Response:
    """GET /robots.txt (RFC 9309)."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    lines = _list_rules(chosen, request.app[INSTANCE].site.url)
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return answer_kept(request, "\n".join(lines).encode(), seconds=KEPT_SECONDS, headers=headers)


def _list_rules(chosen: Preferences, origin: str) -> list[str]:
    if chosen.closed:
        return ["User-agent: *", "Disallow: /", ""]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS)]
    if chosen.ai_refused:
        lines += ["", *(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"]
    return [*lines, "", f"Sitemap: {origin}/sitemap.xml", ""]


async def show_sitemap(request: web.Request) -> web.Response:
    """GET /sitemap.xml: our pages for everybody; copies of neighbours' listings stand in theirs."""
    async with connection(request.app[INSTANCE].pool) as conn:
        own = [f"/pages/{slug}" for slug in await own_pages.list_readable(conn)]
        pages = await list_own_pages(conn, limit=MOST - len(FIXED) - len(own))
    body = write_sitemap(request.app[INSTANCE].site.url, pages, own)
    return answer_kept(request, body, seconds=KEPT_SECONDS, headers={"Content-Type": "application/xml; charset=utf-8"})


def write_sitemap(origin: str, pages: list[SitemapEntry], own: Sequence[str] = ()) -> bytes:
    """The document; `own` are the paths of pages that the cooperative writes itself."""
    ET.register_namespace("", SITEMAP)
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    fixed = [(origin + path, None) for path in (*FIXED, *own)]
    for address, changed in [*fixed, *((one.url, one.changed_at) for one in pages)]:
        entry = ET.SubElement(root, f"{{{SITEMAP}}}url")
        ET.SubElement(entry, f"{{{SITEMAP}}}loc").text = address
        if changed is not None:
            ET.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = write_moment(changed)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


async def show_text_mining(request: web.Request) -> web.Response:
    """GET /.well-known/tdmrep.json: whether text and data mining is reserved (TDM Reservation Protocol of the W3C)."""
    async with connection(request.app[INSTANCE].pool) as conn:
        refused = (await preferences.load(conn)).ai_refused
    body = b'[{"location":"/","tdm-reservation":1}]' if refused else b'[{"location":"/","tdm-reservation":0}]'
    return answer_kept(request, body, seconds=KEPT_SECONDS, headers={"Content-Type": "application/json"})


async def show_security_contact(request: web.Request) -> web.Response:
    """GET /.well-known/security.txt: whom somebody tells who found a hole (RFC 9116)."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        mail = (await preferences.load(conn)).contact_email
    ends = (datetime.now(UTC) + timedelta(days=VALID_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *([f"Contact: mailto:{mail}"] if mail else []),
        f"Contact: {instance.site.url}/mentions-legales",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(instance.site.languages)}",
        f"Canonical: {instance.site.url}/.well-known/security.txt",
        "",
    ]
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return answer_kept(request, "\n".join(lines).encode(), seconds=KEPT_SECONDS, headers=headers)
