"""What is in an archive: everything that is a member's own, and nothing of others but what they wrote to her."""

import csv
import io
import json
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import asyncpg
import lxml.html
import pytest
from playwright.async_api import Browser

from federation.instance import Instance
from models.exchanges import exchanges, reserves
from models.exchanges.agreements import Terms
from models.exchanges.reserves import PlaceWish
from models.news import mail_preferences
from models.people import phone_numbers
from models.personal_data import export_archives
from models.posts.media import uploads
from models.posts.media.media import StoredFilm
from models.posts.values import Audience
from models.relations import bookmarks, reactions
from models.relations.blocking import blocks, mutes
from models.searches import NetworkFilter
from models.searches.alerts import alerts
from models.searches.alerts.alerts import AlertDraft
from models.servers import territory_proposals
from models.settings import Settings, Site
from models.store.database import execute, fetch_value, open_pool, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.listings import unavailabilities
from outbox.posts import notes, polls
from outbox.posts.notes import NoteDraft
from outbox.posts.polls import PollDraft
from tests import sample_village
from tests.databases import copy_database, with_database
from tests.factories import make_follow, make_note
from tests.fediverse import FakeFediverse
from tests.sample_threads import find_thread
from tests.sample_village import Village
from tests.web.chromium import needs_chromium
from web.personal_export.job import make_archive, queue_archive
from web.personal_export.storage import find_storage

AXE = Path(__file__).parents[2] / "peers" / "node_modules" / "axe-core" / "axe.min.js"

SITE = Site(url="http://lomme.test", host="lomme.test")


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """Alice's archive, unpacked."""

    instance: Instance
    lomme: Village
    files: dict[str, bytes]

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])

    def rows(self, name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text(f"csv/{name}"))))

    def text(self, name: str) -> str:
        return self.files[name].decode()


async def keep_film(instance: Instance) -> StoredFilm:
    """A film and its poster in the store, as an upload leaves them."""
    return StoredFilm(
        file_key=await instance.store.save(b"film", "mp4"),
        thumbnail_key=await instance.store.save(b"poster"),
        byte_size=10,
        mime_type="video/mp4",
        type="video",
        duration=2.0,
        measures={},
    )


async def furnish(instance: Instance) -> Village:
    """The village; Alice also wrote, liked, kept, hid and follows, and Léonie thanked her."""
    async with transaction(instance.pool) as conn:
        lomme = await sample_village.build(conn, SITE, instance.store)
        alice, hocine = lomme.alice, lomme.hocine
        said: list[tuple[str, Audience]] = [
            ("Bonjour <script>alert(1)</script> à tous", "network"),
            ("Entre nous", "followers"),
        ]
        for text, audience in said:
            await notes.publish(conn, SITE, alice, NoteDraft(text=text, audience=audience))
        question = NoteDraft(
            text="On y va ?", audience="network", poll=PollDraft(options=("Oui", "Non"), expires_in=3600)
        )
        await polls.vote(conn, SITE, hocine, await notes.publish(conn, SITE, alice, question), [1])
        await polls.vote(conn, SITE, alice, await notes.publish(conn, SITE, hocine, question), [0])
        film = await uploads.create_film(conn, alice.id, await keep_film(instance))
        await notes.publish(conn, SITE, alice, NoteDraft(text="Le film", audience="network", media_ids=(film.id,)))
        await make_note(conn, hocine, content="<p>Un secret d’Hocine</p>", audience="direct")
        await reactions.favourite(conn, uri="x:1", actor_id=alice.id, post_id=lomme.drill.id)
        await bookmarks.save(conn, actor_id=alice.id, post_id=lomme.sewing.id)
        await make_follow(conn, hocine, alice)
        await blocks.save(conn, uri="x:2", actor_id=alice.id, target_id=lomme.admin.id)
        await mutes.save(conn, actor_id=alice.id, target_id=lomme.bob.id)
        thread = await find_thread(conn, lomme.tent, lomme.bob)
        thanks = {"text": "Merci <b>toi</b>"}
        await exchanges.add_event(conn, thread.id, "thanked", actor_id=lomme.bob.id, details=thanks)
        gone = {"gone": True, "activity": "https://henin.test/activities/1"}
        await exchanges.add_event(conn, thread.id, "withdrawn", actor_id=lomme.bob.id, details=gone)
        begin = datetime(2027, 5, 7, 22, tzinfo=UTC)
        terms = Terms(begins_at=begin, ends_at=begin + timedelta(days=2), place="À la Remise", note="Avec le maillet")
        asked = await request(conn, SITE, hocine, lomme.tent, terms)
        await accept(conn, SITE, alice, asked)
        await execute(conn, "UPDATE account SET password_hash = 'argon-geheim'")
        await phone_numbers.set_phone(conn, alice.id, "06 11 22 33 44")
        await mail_preferences.save(conn, alice.id, {"reactions": "never"})
        kept = date.today() + timedelta(days=30)
        wanted = AlertDraft(parameters="q=scie", filter=NetworkFilter(text="scie"), rhythm="weekly")
        await alerts.create(conn, alice.id, wanted)
        await territory_proposals.save(conn, alice.id, "bricole.test", "Des outils.")
        await unavailabilities.keep_days(conn, alice, lomme.tent.uri, kept, kept)
        await reserves.wait(conn, lomme.drill.id, alice.id, PlaceWish(), at=begin)
        await execute(
            conn, "UPDATE listing SET title = '<img src=//x onerror=a()>' WHERE post_id = $1", lomme.wanted.id
        )
        await execute(
            conn, "UPDATE listing SET description = '<img src=//x><p>Vite</p>' WHERE post_id = $1", lomme.wanted.id
        )
        return lomme


@pytest.fixture(scope="module")
async def archive(
    postgres_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Unpacked]:
    """One archive for the whole module: these tests only look."""
    name = f"{template}_{secrets.token_hex(4)}"
    keeper = await asyncpg.connect(postgres_url)
    await copy_database(keeper, template, name)
    pool = await open_pool(with_database(postgres_url, name))
    settings = Settings(url=SITE.url, data=tmp_path_factory.mktemp("lomme"), test_federation=True)
    instance = Instance(site=SITE, settings=settings, pool=pool, transport=FakeFediverse())
    lomme = await furnish(instance)
    async with transaction(pool) as conn:
        assert await queue_archive(conn, lomme.alice.id)
        id = await fetch_value(conn, "SELECT id FROM archive")
    await make_archive(instance, {"archive_id": id})
    async with transaction(pool) as conn:
        made = await export_archives.find_of(conn, lomme.alice.id)
    assert made and made.file_key
    path = find_storage(settings).find(made.file_key)
    assert path and path.stat().st_size == made.byte_size
    with ZipFile(path) as zip:
        assert zip.testzip() is None
        files = {one: zip.read(one) for one in zip.namelist()}
        assert len(files) == len(zip.namelist())
    yield Unpacked(instance=instance, lomme=lomme, files=files)
    pool.terminate()
    await keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await keeper.close()


def test_what_she_published_is_there_whoever_may_read_it(archive: Unpacked) -> None:
    actor, outbox = archive.json("actor.json"), archive.json("outbox.json")

    assert actor["preferredUsername"] == "alice" and actor["outbox"] == "outbox.json"
    assert outbox["type"] == "OrderedCollection" and outbox["totalItems"] == len(outbox["orderedItems"])
    objects = [item["object"] for item in outbox["orderedItems"] if item["type"] == "Create"]
    assert any("Entre nous" in one["content"] for one in objects)
    assert "Tente 4 places, facile à monter" in {one["publishes"]["name"] for one in objects if "publishes" in one}
    assert len({item["id"] for item in outbox["orderedItems"]}) == outbox["totalItems"]
    assert all(item["actor"] == archive.lomme.alice.uri for item in outbox["orderedItems"])


def test_what_she_asked_is_there_with_its_figures_and_what_she_answered_in_words(archive: Unpacked) -> None:
    said = [item["object"] for item in archive.json("outbox.json")["orderedItems"] if item["type"] == "Create"]
    [asked] = [one for one in said if one["type"] == "Question"]
    [cast] = archive.json("votes.json")

    assert [(one["name"], one["replies"]["totalItems"]) for one in asked["oneOf"]] == [("Oui", 0), ("Non", 1)]
    assert (cast["answers"], cast["poll"].rpartition("/notes/")[0]) == (["Oui"], archive.lomme.hocine.uri)
    assert "Non (1 voix)" in " ".join(archive.text("pages/paroles-1.html").replace("<li>", "").split())


def test_nothing_of_others_and_nothing_secret_is_in_any_file(archive: Unpacked) -> None:
    everything = b"".join(archive.files.values())

    assert "secret d’Hocine".encode() not in everything
    assert b"argon-geheim" not in everything and b"PRIVATE KEY" not in everything
    chosen = archive.json("preferences.json")
    assert chosen["account"]["email"] == "alice@example.org" and set(chosen) >= {"devices", "reading", "scheduled"}
    assert (chosen["account"]["phone"], chosen["account"]["away_until"]) == ("06 11 22 33 44", None)
    assert chosen["mails"]["reactions"] == "never" and len(chosen["mails"]) == len(mail_preferences.KINDS)
    assert [(one["text"], one["rhythm"]) for one in chosen["reading"]["alerts"]] == [("scie", "weekly")]
    assert chosen["reading"]["matches"]["shown"] is True
    assert [(one["title"], one["state"]) for one in chosen["waiting_for"]] == [
        (archive.lomme.drill.details.title, "waiting")
    ]
    assert [(one["host"], one["state"]) for one in chosen["territories"]] == [("bricole.test", "waiting")]
    assert [one["listing"] for one in chosen["kept_days"]] == ["Tente 4 places, facile à monter"]


def test_her_photos_are_there_as_they_are_kept_and_named_by_their_place(archive: Unpacked) -> None:
    said = [item["object"] for item in archive.json("outbox.json")["orderedItems"]]
    places = [one["url"] for object in said if object["id"] == archive.lomme.tent.uri for one in object["attachment"]]

    assert len(places) == 3 and all(place.startswith("photos/") for place in places)
    for place in places:
        path = archive.instance.store.find(place.removeprefix("photos/"))
        assert path and path.read_bytes() == archive.files[place]


def test_a_film_is_there_with_its_poster_and_plays_from_the_page(archive: Unpacked) -> None:
    said = [item["object"] for item in archive.json("outbox.json")["orderedItems"] if isinstance(item["object"], dict)]
    [film] = [one for object in said for one in object["attachment"] if one["mediaType"] == "video/mp4"]

    assert (archive.files[film["url"]], archive.files[film["icon"]["url"]]) == (b"film", b"poster")
    pages = "".join(text.decode() for name, text in archive.files.items() if name.endswith(".html"))
    assert f'src="../{film["url"]}" poster="../{film["icon"]["url"]}"' in " ".join(pages.split())


def test_what_she_likes_keeps_follows_and_hides_is_there_in_both_forms(archive: Unpacked) -> None:
    lomme, named = archive.lomme, "Account address"

    assert archive.json("likes.json")["orderedItems"] == [lomme.drill.uri]
    assert archive.json("bookmarks.json")["orderedItems"] == [lomme.sewing.uri]
    assert archive.json("followers.json")["orderedItems"] == [lomme.hocine.uri]
    followed = archive.rows("following_accounts.csv")
    assert followed[0] == [named, "Show boosts", "Notify on new posts", "Languages"]
    assert sorted(row[0] for row in followed[1:]) == ["coop@henin.test", "offres@henin.test"]
    assert archive.rows("followers.csv") == [[named], ["hocine@lomme.test"]]
    assert archive.rows("blocked_accounts.csv") == [["nadia@lomme.test"]]
    assert archive.rows("muted_accounts.csv") == [[named, "Hide notifications"], ["bob@henin.test", "true"]]


def test_threads_have_the_words_of_both_and_what_happened(archive: Unpacked) -> None:
    lomme = archive.lomme
    [written] = [one for one in archive.json("exchanges.json") if one["with"] == [lomme.bob.uri]]
    page = archive.text("pages/echanges-1.html")

    assert [line.get("event", "message" in line) for line in written["lines"]] == [True, "thanked", "withdrawn"]
    assert "Je peux passer samedi" in written["lines"][0]["content"] and written["listing"] == lomme.tent.uri
    assert "Je peux passer samedi" in page and "dit merci" in page and "Merci &lt;b&gt;toi&lt;/b&gt;" in page
    assert "Léonie n’est plus là" in page and "activities/1" not in page


def test_agreements_are_there_with_their_days_and_how_they_stand(archive: Unpacked) -> None:
    threads = archive.json("exchanges.json")
    [agreed] = [
        one for thread in threads if thread["with"] == [archive.lomme.hocine.uri] for one in thread["agreements"]
    ]
    page = lxml.html.document_fromstring(archive.text("pages/echanges-1.html")).text_content()

    assert (agreed["state"], agreed["begins_at"], agreed["place"]) == (
        "agreed",
        "2027-05-07T22:00:00+00:00",
        "À la Remise",
    )
    assert "Du samedi 8 mai 2027 au dimanche 9 mai 2027" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "D’accord" in page and "Avec le maillet" in page


def test_the_pages_open_from_the_disk_and_lead_to_nothing_that_is_missing(archive: Unpacked) -> None:
    pages = [name for name in archive.files if name.endswith(".html")]

    assert {"index.html", "pages/annonces-1.html", "pages/paroles-1.html", "pages/echanges-1.html"} <= set(pages)
    for name in pages:
        tree = lxml.html.document_fromstring(archive.text(name))
        assert tree.get("lang") == "fr" and len(tree.findall(".//h1")) == 1
        folder = name.rpartition("/")[0]
        for place in [*tree.xpath("//@src"), *tree.xpath("//link/@href"), *tree.xpath("//a[not(@rel)]/@href")]:
            assert (Path("/") / folder / place).resolve().relative_to("/").as_posix() in archive.files, (name, place)
        assert not tree.xpath("//script | //iframe | //form | //object | //@onerror | //@onclick | //@style")
    assert "url(" not in archive.text("style.css") and "@import" not in archive.text("style.css")


@needs_chromium
async def test_a_browser_shows_its_photos_from_the_disk_and_asks_nobody(
    archive: Unpacked, chromium: Browser, tmp_path: Path
) -> None:
    for name, body in archive.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(body)
    asked, refused = [], []
    page = await chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text))
    await page.goto((tmp_path / "index.html").as_uri())
    await page.get_by_role("link", name="page 1").first.click()
    widths = await page.evaluate(
        "Promise.all([...document.images].map(i => (i.loading = 'eager', i.decode().then(() => i.naturalWidth))))"
    )
    framed = await page.evaluate("getComputedStyle(document.querySelector('article')).borderTopWidth")
    if AXE.is_file():
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        refused += await page.evaluate("axe.run({preload: false}).then(found => found.violations.map(one => one.id))")
    await page.context.close()

    assert len(widths) == 4 and all(widths) and framed == "1px"
    assert asked and all(url.startswith("file://") for url in asked) and not refused


def test_what_was_typed_is_text_in_it(archive: Unpacked) -> None:
    page = archive.text("pages/annonces-1.html")

    assert "&lt;img src=//x onerror=a()&gt;" in page and "<p>Vite</p>" in page
    assert not re.search(r"<img src=[\"']?//x", page)
