"""A copy of the public pages: files that show by themselves, whatever folder they lie in."""

import re
import stat
from pathlib import Path
from urllib.parse import unquote

import pytest
from aiohttp import web

from federation.instance import Instance
from models.errors import Unfinished
from models.listings.listings import ListingDraft
from models.people.actors import BUILT_IN
from models.store.database import Pool, transaction
from outbox.listings.listings import publish
from outbox.people import built_in_actors
from tests.factories import HERE, make_listing, make_member
from tests.web.form_client import shared_keys
from tests.web.small_app import make_instance
from web.pages.searches.search_query import PAGE
from web.server import static_copy
from web.server.app import make_app
from web.server.static_copy import NAME, write_copy

LINKS = re.compile(r'<(a|link|img|source|use)\b[^>]*\s(?:href|src)="([^"#]+)')


async def test_the_copy_shows_what_visitors_saw_and_leads_nowhere_else(pool: Pool, tmp_path: Path) -> None:
    instance = make_instance(pool, data=tmp_path, url=HERE.url)
    async with transaction(pool) as conn:
        await built_in_actors.create_built_in_actors(conn, instance.site, dict.fromkeys(BUILT_IN, shared_keys()))
        alice = await make_member(conn)
        tent = await publish(conn, HERE, alice, ListingDraft(kind="offer", mode="loan", title="Une tente"))
        await make_listing(conn, alice, title="Entre nous", post={"audience": "followers"})
        for number in range(PAGE):
            await publish(conn, HERE, alice, ListingDraft(kind="offer", mode="loan", title=f"Vélo {number}"))
    (tmp_path / f".{NAME}").mkdir()
    (tmp_path / f".{NAME}" / "left.html").write_text("of one that was stopped")

    first, second = await write_copy(instance), await write_copy(instance)

    folder = tmp_path / NAME
    pages = {str(one.parent.relative_to(folder)): one.read_text() for one in folder.rglob("index.html")}
    page = pages[tent.post.url.removeprefix(f"{instance.site.url}/")]
    first_page, every = pages["annonces"], pages["toutes-les-annonces"]
    assert "Une tente" in every and len(re.findall("<li><a[^>]*>Vélo", every)) == PAGE
    assert "Une tente" not in first_page and "../toutes-les-annonces/index.html" in first_page
    assert first == second == len(pages) - 1 and not (folder / "left.html").exists()
    assert "Une tente" in page and "Entre nous" not in "".join(pages.values())
    assert "Répondre" not in page and "/diagnostic" not in pages
    for path, text in pages.items():
        assert not re.search("<form|<script|csrf", text), path
        assert re.search("Cette plateforme a fermé.*<main", text, re.DOTALL) and "Connexion" not in text, path
        assert "Signaler" not in text, path
        for tag in re.findall(r"<a[\s>][^>]*>?", text):
            anchor = re.search('href="(#?)([^"]*)"', tag)
            assert anchor and (not anchor[1] or f'id="{anchor[2]}"' in text), (path, tag)
        for _, address in LINKS.findall(text):
            assert not address.startswith(("/", HERE.url)), (path, address)
            if not address.startswith(("https://", "mailto:", "data:")):
                assert (folder / path / unquote(address)).resolve().is_file(), (path, address)
    named = re.findall(r"url\(([^)]*woff2)\)", "".join(one.read_text() for one in folder.glob("static/*.css")))
    assert named and all((folder / "static" / unquote(one)).is_file() for one in named)


async def test_a_page_that_fails_is_not_left_out_unless_that_is_wanted(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: web.Request) -> web.Response:
        return web.Response(status=503, content_type="text/html")

    def make_broken_app(instance: Instance) -> web.Application:
        app = make_app(instance)
        app.router.add_get("/casse", fail)
        return app

    monkeypatch.setattr(static_copy, "make_app", make_broken_app)
    monkeypatch.setattr(static_copy, "FIXED", ("/casse", "/aide"))
    monkeypatch.setattr(static_copy, "ALSO", ())
    instance = make_instance(pool, data=tmp_path, url=HERE.url)
    async with transaction(pool) as conn:
        await built_in_actors.create_built_in_actors(conn, instance.site, dict.fromkeys(BUILT_IN, shared_keys()))

    with pytest.raises(Unfinished, match="/casse answers 503"):
        await write_copy(instance)
    before = (tmp_path / NAME).exists()
    count = await write_copy(instance, whole=False)

    assert (before, count) == (False, 1) and not (tmp_path / NAME / "casse").exists()
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / NAME).rglob("*") if one.is_dir()}
    assert modes == {0o755} and stat.S_IMODE((tmp_path / NAME / "aide" / "index.html").stat().st_mode) == 0o644


async def test_a_picture_of_another_server_that_is_gone_keeps_nothing_from_being_written(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def show(_: web.Request) -> web.Response:
        return web.Response(
            text='<main><img src="/media/remote/7/small" alt="Un vélo"></main>', content_type="text/html"
        )

    async def fail(_: web.Request) -> web.Response:
        return web.Response(status=502)

    def make_bare_app(_: Instance) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/aide", show), web.get("/media/remote/7/small", fail)])
        return app

    monkeypatch.setattr(static_copy, "make_app", make_bare_app)

    assert await write_copy(make_instance(pool, data=tmp_path, url=HERE.url)) == 1
    assert "Un vélo" in (tmp_path / NAME / "aide" / "index.html").read_text()
