"""How the bike sounds: one recording with a call, kept through mistakes, played on its page, sent with its Note."""

import pytest

from federation.documents.serialize import to_json
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people import actors
from models.store.database import connection, fetch_records, transaction
from outbox.posts.post_documents import build_document
from tests.film_files import make_film
from tests.picture_files import draw, encode
from tests.web.form_client import Visitor
from tests.web.passing_scenario import BROKEN, BY_MAIL, FORM, WHERE, Roadside
from web.pages.repairs.calls.call_form import LIMITS

SOUNDS = "SELECT count(*) FROM media WHERE type = 'audio' AND post_id IS NOT NULL"


async def reach_last_step(road: Roadside, visitor: Visitor | None = None) -> Visitor:
    visitor = await (visitor or await road.stop()).open(FORM)
    await visitor.send(FORM, BROKEN | {"act": "next"})
    return await visitor.send(FORM, WHERE | {"act": "next"})


@pytest.mark.parametrize(("format", "mime"), [("m4a", "audio/mp4"), ("mp3", "audio/mpeg"), ("weba", "audio/webm")])
async def test_it_stays_through_a_mistake_plays_on_the_page_and_goes_out_with_the_note(
    road: Roadside, format: str, mime: str
) -> None:
    visitor = await reach_last_step(road)

    await visitor.upload(FORM, {"act": "publish"}, "sound", f"bruit.{format}", make_film(format))
    assert visitor.status == 422 and "Dites comment recevoir" in visitor.text and "<audio" in visitor.text
    await visitor.send(FORM, {"act": "back"})
    assert visitor.hidden_fields(FORM)["sound_kept"]
    await visitor.send(FORM, WHERE | {"act": "next"})
    await visitor.send(FORM, {"act": "publish", "contact": "link"})

    assert "Gardez ce lien" in visitor.text and await road.count(SOUNDS) == 1
    listing = await road.published()
    assert listing is not None
    site = road.door.instance.site
    async with connection(road.door.instance.pool) as conn:
        author = await actors.get(conn, listing.post.author_id)
        document = to_json(await build_document(conn, site, author, listing.post))
        [kept] = await fetch_records(conn, "SELECT mime_type, duration FROM media WHERE type = 'audio'")
    [attachment] = document["attachment"]
    assert (attachment["type"], attachment["mediaType"], kept["mime_type"]) == ("Document", mime, mime)
    assert attachment["duration"].startswith("PT") and kept["duration"] > 0
    other = await (await road.stop()).open(listing.post.url.removeprefix(site.url))
    assert "<audio" in other.text
    await visitor.open(f"/depannage/appels/{listing.id}")
    assert "<audio" in visitor.text


async def test_it_waits_with_the_form_for_the_link_in_the_mail(road: Roadside) -> None:
    visitor = await reach_last_step(road)
    fields = {name: value for name, value in BY_MAIL.items()} | {"act": "publish"}

    await visitor.upload(FORM, fields, "sound", "bruit.mp3", make_film("mp3"))
    assert await road.count(SOUNDS) == 0
    await road.run_jobs()
    await visitor.open(road.mailed_link())
    await visitor.send(road.mailed_link(), {})

    assert await road.count(SOUNDS) == 1


@pytest.mark.parametrize(
    ("filename", "body", "sentence"),
    [
        ("bruit.mp3", b"no sound at all", "n’est pas un son"),
        ("roue.jpg", encode(draw(80, 60)), "n’est pas un son"),
        ("bruit.mp4", make_film("mp4"), "est une vidéo"),
        ("bruit.m4a", make_film("m4a")[:400], "bruit.m4a"),
    ],
)
async def test_what_is_no_sound_is_refused_and_nothing_stays_of_it(
    road: Roadside, filename: str, body: bytes, sentence: str
) -> None:
    visitor = await reach_last_step(road)

    await visitor.upload(FORM, {"act": "publish", "contact": "link", "text": "Il crie"}, "sound", filename, body)

    assert visitor.status == 422 and sentence in visitor.text and "Il crie" in visitor.text
    assert await road.count("SELECT count(*) FROM media") == 0 and await road.published() is None


async def test_it_may_weigh_what_a_photo_may(road: Roadside) -> None:
    visitor = await reach_last_step(road)
    heavy = make_film("mp3") + b"\0" * LIMITS.size

    await visitor.upload(FORM, {"act": "publish", "contact": "link"}, "sound", "bruit.mp3", heavy)

    assert visitor.status in (413, 422) and await road.count("SELECT count(*) FROM media") == 0


async def test_somebody_elses_is_not_taken_and_ones_own_can_be_left_out(road: Roadside) -> None:
    visitor = await reach_last_step(road)
    await visitor.upload(FORM, {"act": "publish"}, "sound", "bruit.ogg", make_film("ogg"))
    id = visitor.hidden_fields(FORM)["sound_kept"]
    thief = await reach_last_step(road)

    await thief.send(FORM, {"act": "publish", "contact": "link", "sound_kept": id, "media": id})
    await visitor.send(FORM, {"act": "publish", "contact": "link", "sound_dropped": "1"})

    assert await road.count("SELECT count(*) FROM listing") == 2 and await road.count(SOUNDS) == 0


async def test_changing_the_call_keeps_it_until_it_is_taken_away(road: Roadside) -> None:
    alice = await (await road.stop()).log_in("alice")
    await reach_last_step(road, alice)
    await alice.upload(FORM, {"act": "publish"}, "sound", "bruit.mp3", make_film("mp3"))
    listing = await road.published()
    assert listing is not None and await road.count(SOUNDS) == 1
    path = f"{listing.post.url.removeprefix(road.door.instance.site.url)}/modifier"

    await alice.open(path)
    assert "<audio" in alice.text
    again = {"genre": "repair_call", "kind": "repair_call"} | BROKEN | WHERE | {"act": "publish", "text": "Il crie"}
    await alice.send(path, again)
    changed, kept = alice.path, await road.count(SOUNDS)
    await alice.open(path)
    await alice.send(path, again | {"no_sound": "1"})

    assert "fait=changed" in changed and kept == 1
    assert "fait=changed" in alice.path and await road.count(SOUNDS) == 0


async def test_what_is_taken_away_in_a_version_that_waits_does_not_come_back_with_the_next(road: Roadside) -> None:
    alice = await (await road.stop()).log_in("alice")
    await reach_last_step(road, alice)
    await alice.upload(FORM, {"act": "publish"}, "sound", "bruit.mp3", make_film("mp3"))
    listing = await road.published()
    assert listing is not None
    async with transaction(road.door.instance.pool) as conn:
        rule = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=False)
        await filters.save(conn, rule)
    path = f"{listing.post.url.removeprefix(road.door.instance.site.url)}/modifier"
    again = {"kind": "repair_call"} | BROKEN | WHERE | {"act": "publish", "text": "Payable en cryptos"}

    await alice.open(path)
    await alice.send(path, again | {"no_sound": "1"})
    await alice.open(path)
    assert "<audio" not in alice.text
    await alice.send(path, again)

    assert await road.count("SELECT jsonb_array_length(draft -> 'media_ids') FROM held_post") == 0
