"""What the team chose elsewhere and does not work is named: a store of copies, a map, what crawlers get."""

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.answers import Fetched
from models import preferences
from models.coop import opening
from models.places import communes
from models.store.database import Pool, transaction
from tests.federation.loopback import serve
from tests.fediverse import FakeFediverse
from tests.web.actions.doctor.patients import make_patient
from tests.web.server.backups.s3_stand_in import KEY, REGION, SECRET, Store, running_store
from web.actions.doctor import site
from web.actions.doctor.findings import Finding
from web.actions.doctor.ways import copy_stores, crawlers, map_background

TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"

TILE = "https://tile.openstreetmap.org/6/32/21.png"


async def choose(pool: Pool, **values: Any) -> None:
    async with transaction(pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), **values))


async def look_at_store(store: Store, *, secret: str = SECRET) -> Finding:
    place = f"s3+http://{KEY}:{quote(secret, safe='')}@127.0.0.1:{store.port}/coop/copies?region={REGION}"
    return await copy_stores.check_copy_stores(make_patient(backup_to=(place,)))


ANSWER = Store.answer


async def refuse_to_delete(store: Store, request: web.Request) -> web.Response:
    return web.Response(status=403) if request.method in {"DELETE", "POST"} else await ANSWER(store, request)


async def test_a_store_that_takes_gives_back_and_forgets_is_well_and_nothing_stays_there() -> None:
    async with running_store() as store:
        found = await look_at_store(store)

    assert found.severity == "ok" and "/coop/copies" in found.what
    assert store.files == {}


async def test_a_store_that_is_full_refuses_the_key_or_is_away_is_named_without_its_secret() -> None:
    async with running_store() as store:
        store.full = True
        seen = [await look_at_store(store), await look_at_store(store, secret="another-secret")]
    seen.append(await look_at_store(store))

    assert [one.severity for one in seen] == ["error"] * 3
    assert all("ne prend rien" in one.what and one.mend and one.command for one in seen)
    assert not any(SECRET in one.what or "another-secret" in one.what for one in seen)


async def test_a_store_that_gives_back_something_else_or_nothing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_store() as store:
        monkeypatch.setattr(Store, "_give", lambda *_: web.Response(body=b"other", headers={"ETag": '"x"'}))
        other = await look_at_store(store)
        assert store.files == {}
        monkeypatch.setattr(Store, "_give", lambda *_: web.Response(status=403))
        locked = await look_at_store(store)
        assert store.files == {}

    assert other.severity == locked.severity == "error"
    assert "ne rend pas" in other.what and "ne rend pas" in locked.what


async def test_a_store_that_forgets_nothing_is_named_and_one_thing_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "answer", refuse_to_delete)
    async with running_store() as store:
        kept = [await look_at_store(store) for _ in range(2)]

    assert all(one.severity == "error" and "n’efface rien" in one.what for one in kept)
    assert list(store.files) == ["copies/declic-doctor"], "one, however often it is tried"


async def test_a_store_that_is_out_of_order_for_a_moment_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "_keep", lambda *_: web.Response(status=503))
    async with running_store() as store:
        found = await look_at_store(store)

    assert found.severity == "skipped" and "503" in found.what


async def test_without_a_store_there_is_none_to_look_at() -> None:
    found = await copy_stores.check_copy_stores(make_patient(backup_to=("/mnt/disk",)))

    assert found.severity == "skipped" and found.needless


def fetched(kind: str) -> Fetched:
    return Fetched(url=TILE, status=200, headers=CIMultiDict({"Content-Type": kind}), body=b"PNG")


@pytest.mark.parametrize(
    ("answer", "severity", "words"),
    [
        (fetched("image/png"), "ok", "https://operations.osmfoundation.org/policies/tiles/"),
        (fetched("text/html"), "warning", "ce n’est pas une image"),
        (FetchFailed(Cause.SERVER_ERROR, "tile.openstreetmap.org"), "skipped", "la plateforme est en panne"),
        (FetchFailed(Cause.TOO_MANY_REQUESTS, "tile.openstreetmap.org"), "skipped", "il faut attendre"),
        (FetchFailed(Cause.FORBIDDEN, "tile.openstreetmap.org"), "warning", "l’accès est interdit"),
    ],
)
async def test_a_background_of_maps_that_does_not_come_is_named_and_its_rules_too(
    answer: Fetched | Exception, severity: str, words: str, pool: Pool
) -> None:
    patient = replace(make_patient(pool), dear="due")
    before = await map_background.check_map_background(patient)
    await choose(pool, map_tiles=TILES, map_credit="OpenStreetMap")
    assert patient.instance is not None and isinstance(patient.instance.transport, FakeFediverse)
    patient.instance.transport.documents[TILE] = answer

    found = await map_background.check_map_background(patient)
    told = await map_background.check_map_background(replace(patient, dear="kept"))

    assert told.severity == severity and words in told.what and " Vu le " in told.what
    assert before.severity == "ok" and "dessinées ici" in before.what
    assert found.severity == severity and words in found.what


@pytest.mark.parametrize(
    ("closed", "robots", "sitemap", "severity", "words"),
    [
        (True, "User-agent: *\nDisallow: /\n", "", "ok", "fermé"),
        (True, "User-agent: *\nDisallow: /compte\n", "", "warning", "ne le dit pas"),
        (False, "User-agent: *\nDisallow: /compte\n\nSitemap: URL/sitemap.xml\n", "<urlset/>", "ok", "robots.txt"),
        (False, "User-agent: GPTBot\nDisallow: /\n\nSitemap: URL/sitemap.xml\n", "<urlset/>", "ok", "robots.txt"),
        (False, "User-agent: *\nDisallow: /\n", "<urlset/>", "warning", "renvoie tous"),
        (False, "User-agent: *\nSitemap: URL/sitemap.xml\n", "<html>", "warning", "sitemap.xml"),
        (False, None, "", "warning", "répond 404"),
        (False, "User-agent: *\nDisallow: /compte\n\nSitemap: URL/sitemap.xml\n", None, "skipped", "pas arrivée"),
    ],
)
async def test_what_crawlers_get_that_is_not_what_the_settings_say_is_named(
    closed: bool, robots: str | None, sitemap: str | None, severity: str, words: str, pool: Pool
) -> None:
    if closed:
        async with transaction(pool) as conn:
            await opening.close_site(conn)

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.path == "/robots.txt":
            text = None if robots is None else robots.replace("URL", f"http://{request.host}")
            return web.Response(status=404 if text is None else 200, text=text)
        return web.Response(text=sitemap) if sitemap is not None else web.Response(status=503)

    async with serve(answer) as server:
        found = await crawlers.check_crawlers(make_patient(pool, url=server.url))

    assert found.severity == severity and words in found.what


async def test_a_list_of_communes_of_years_ago_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    good = await site.check_communes(make_patient())
    monkeypatch.setattr(communes, "EDITION", date(2020, 1, 1))

    old = await site.check_communes(make_patient())

    assert (good.severity, old.severity) == ("ok", "warning") and "2020" in old.what


def test_the_edition_of_the_communes_is_the_one_that_the_list_is_described_by() -> None:
    described = (communes.FILE.parent / "README.md").read_text(encoding="utf-8")

    assert f"(edition {communes.EDITION.year})" in described
