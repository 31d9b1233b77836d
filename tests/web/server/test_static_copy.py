"""A copy of the public pages: files that show by themselves, whatever folder they lie in."""

import re
from pathlib import Path
from urllib.parse import unquote

from models.listings.listings import ListingDraft
from models.people.actors import BUILT_IN
from models.store.database import Pool, transaction
from outbox.listings.listings import publish
from outbox.people import built_in_actors
from tests.factories import HERE, make_listing, make_member
from tests.web.form_client import shared_keys
from tests.web.small_app import make_instance
from web.server.static_copy import NAME, write_copy

LINKS = re.compile(r'<(a|link|img|source|use)\b[^>]*\s(?:href|src)="([^"#]+)')


async def test_the_copy_shows_what_visitors_saw_and_leads_nowhere_else(pool: Pool, tmp_path: Path) -> None:
    instance = make_instance(pool, data=tmp_path, url=HERE.url)
    async with transaction(pool) as conn:
        await built_in_actors.create_built_in_actors(conn, instance.site, dict.fromkeys(BUILT_IN, shared_keys()))
        alice = await make_member(conn)
        tent = await publish(conn, HERE, alice, ListingDraft(kind="offer", mode="loan", title="Une tente"))
        await make_listing(conn, alice, title="Entre nous", post={"audience": "followers"})
    (tmp_path / f".{NAME}").mkdir()
    (tmp_path / f".{NAME}" / "left.html").write_text("of one that was stopped")

    first, second = await write_copy(instance), await write_copy(instance)

    folder = tmp_path / NAME
    pages = {str(one.parent.relative_to(folder)): one.read_text() for one in folder.rglob("index.html")}
    page = pages[tent.post.url.removeprefix(f"{instance.site.url}/")]
    assert first == second == len(pages) and not (folder / "left.html").exists()
    assert "Une tente" in page and "Entre nous" not in "".join(pages.values())
    for path, text in pages.items():
        assert not re.search("<form|<script|csrf", text), path
        for _, address in LINKS.findall(text):
            assert not address.startswith(("/", HERE.url)), (path, address)
            if not address.startswith(("https://", "mailto:", "data:")):
                assert (folder / path / unquote(address)).resolve().is_file(), (path, address)
    named = re.findall(r"url\(([^)]*woff2)\)", "".join(one.read_text() for one in folder.glob("static/*.css")))
    assert named and all((folder / "static" / unquote(one)).is_file() for one in named)
