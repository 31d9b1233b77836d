"""What machines that read whole sites are told."""

import json
from dataclasses import replace
from urllib.robotparser import RobotFileParser

from lxml import etree

from federation.instance import Instance
from models import preferences
from models.store.database import transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.instance.crawlers import AI_CRAWLERS


async def read_robots(browser: Browser) -> RobotFileParser:
    robots = RobotFileParser()
    robots.parse((await browser.get("/robots.txt")).text.splitlines())
    return robots


async def test_search_engines_may_read_listings_and_nothing_private(visitor: Browser) -> None:
    robots = await read_robots(visitor)

    assert robots.can_fetch("Googlebot", "/annonces/0193c1f0-0000-7000-8000-000000000000")
    assert robots.can_fetch("GPTBot", "/annonces")
    assert not robots.can_fetch("Googlebot", "/compte/donnees")
    assert not robots.can_fetch("Googlebot", "/embed/annonces")
    assert robots.site_maps() == ["http://lomme.test/sitemap.xml"]
    assert json.loads((await visitor.get("/.well-known/tdmrep.json")).text)[0]["tdm-reservation"] == 0


async def test_ai_crawlers_are_refused_where_the_cooperative_wishes(visitor: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), ai_refused=True))
    robots = await read_robots(visitor)

    assert not any(robots.can_fetch(name, "/annonces") for name in AI_CRAWLERS)
    assert robots.can_fetch("Googlebot", "/annonces")
    assert json.loads((await visitor.get("/.well-known/tdmrep.json")).text)[0]["tdm-reservation"] == 1


async def test_sitemap_names_our_listings_for_everybody_and_no_copy(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get("/sitemap.xml")

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = set(etree.fromstring(page.text.encode()).xpath("//s:loc/text()", namespaces=names))
    assert {"http://lomme.test/", "http://lomme.test/annonces", lomme.tent.post.url, lomme.drill.post.url} <= found
    assert lomme.sewing.post.url not in found
    assert lomme.withdrawn.post.url not in found
