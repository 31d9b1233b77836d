"""What comes from elsewhere and a filter finds: hidden, told to the team alone, and released as if it came now."""

from typing import Any

import pytest

from inbox.posts.screened_posts import screen_picture
from models import posts
from models.moderation import decisions, filters, held_posts, removed_pictures
from models.moderation.filters import ModerationRule
from models.moderation.held_posts import HeldPost
from models.people.actors import Actor
from models.posts.media import media_files
from models.posts.media.media import StoredPicture
from models.store.database import connection, execute, transaction
from outbox.moderation import sanctions
from outbox.moderation.held_posts import refuse, release
from tests.factories import make_local_actor, make_member
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk
from tests.unknown_hosts import build_listing

PHOTO = {"type": "Document", "url": "https://neu.test/1.jpg", "name": "Montre", "mediaType": "image/jpeg"}


@pytest.fixture
async def eve(desk: Desk, alice: Actor) -> Person:
    """Eve, elsewhere, whom Alice follows and wants to hear of; a filter, and Max who moderates."""
    eve = desk.fediverse.add_person("eve", "neu.test")
    followed = await desk.follow(alice, eve)
    rule = ModerationRule(
        name="Mots", patterns=("arnaque", "piege.test"), action="hold", on_local=False, on_remote=True
    )
    async with transaction(desk.instance.pool) as conn:
        if await desk.value("SELECT count(*) FROM actor WHERE local AND username = 'instance'") == 0:
            await make_local_actor(conn, "instance", type="Application")
        await make_member(conn, "max", roles=["moderator"])
        await execute(conn, "UPDATE follow SET notify = true WHERE followed_id = $1", followed.id)
        await filters.save(conn, rule)
    return eve


async def held(desk: Desk) -> list[HeldPost]:
    async with connection(desk.instance.pool) as conn:
        return await held_posts.list_waiting(conn, 0, after=None, limit=20)


async def news(desk: Desk) -> list[str]:
    rows = await desk.instance.pool.fetch(
        """
        SELECT a.username || ' ' || n.type AS news FROM notification n JOIN actor a ON a.id = n.recipient_id
        ORDER BY n.id
        """
    )
    return [row["news"] for row in rows]


async def streamed(desk: Desk) -> list[str]:
    rows = await desk.instance.pool.fetch("SELECT kind FROM stream_event WHERE kind IN ('post', 'edit') ORDER BY id")
    return [row["kind"] for row in rows]


def mention(alice: Actor) -> dict[str, Any]:
    return {"type": "Mention", "href": alice.uri, "name": f"@{alice.handle}"}


async def test_a_post_that_a_filter_finds_is_told_to_nobody_until_it_is_released(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    note = desk.note(eve, content="<p>Une arnaque</p>", cc=[alice.uri], tag=[mention(alice)])
    await desk.take(eve, desk.create(eve, note))

    [one] = await held(desk)
    assert (one.matched, one.local, await streamed(desk), await news(desk)) == (
        "Mots : « arnaque »", False, [], ["max held_post"],
    )  # fmt: skip
    async with transaction(desk.instance.pool) as conn:
        await release(conn, desk.instance.site, one.post_id, None)

    assert sorted(await news(desk)) == ["alice mention", "alice status"]
    assert (await streamed(desk), await held(desk)) == (["post"], [])
    await desk.take(eve, desk.activity(eve, "Update", note | {"updated": "2030-01-01T00:00:00Z", "sensitive": True}))
    assert await held(desk) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"content": '<p><a href="https://piege.test/x">Cadeau</a></p>'},
        {"summary": "Arnaque", "sensitive": True},
        {"attachment": [PHOTO | {"name": "Arnaque"}]},
        {"type": "Question", "oneOf": [{"type": "Note", "name": name} for name in ("Arnaque", "Non")]},
    ],
    ids=["link", "warning", "alt", "poll"],
)  # fmt: skip
async def test_it_is_found_wherever_it_stands(desk: Desk, eve: Person, changes: dict[str, Any]) -> None:
    await desk.take(eve, desk.create(eve, desk.note(eve, **changes)))

    assert len(await held(desk)) == 1


async def test_a_listing_is_held_too_and_what_is_private_is_not_looked_at(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    private = desk.note(eve, content="<p>Une arnaque</p>", to=[alice.uri], cc=[], tag=[mention(alice)])
    await desk.take(eve, desk.create(eve, private))
    assert (await held(desk), await desk.told(alice)) == ([], ["mention"])

    offer = build_listing(eve, content="<p><strong>Arnaque</strong></p>", to=[PUBLIC])
    await desk.take(eve, desk.create(eve, offer))

    [one] = await held(desk)
    async with transaction(desk.instance.pool) as conn:
        await refuse(conn, desk.instance.site, one.post_id, None, "Contraire à notre charte.")
    assert await desk.value("SELECT hidden_at IS NOT NULL FROM post WHERE id = $1", one.post_id)


async def test_a_new_version_from_elsewhere_hides_the_post_since_no_other_can_be_kept(desk: Desk, eve: Person) -> None:
    note = desk.note(eve)
    await desk.take(eve, desk.create(eve, note))
    changed = note | {"content": "<p>Une arnaque</p>", "updated": "2030-01-01T00:00:00Z"}

    await desk.take(eve, desk.activity(eve, "Update", changed))

    [one] = await held(desk)
    assert one.draft is None
    assert await desk.value("SELECT hidden_at IS NOT NULL FROM post WHERE id = $1", one.post_id)


@pytest.mark.parametrize("gone", ["post", "author"])
async def test_of_what_is_deleted_elsewhere_nothing_waits_for_a_look(desk: Desk, eve: Person, gone: str) -> None:
    note = desk.note(eve, content="<p>Une arnaque</p>")
    await desk.take(eve, desk.create(eve, note))
    assert await desk.value("SELECT count(*) FROM moderation_case WHERE closed_at IS NULL") == 1

    await desk.take(eve, desk.activity(eve, "Delete", note["id"] if gone == "post" else eve.uri))

    assert await desk.value("SELECT count(*) FROM held_post") == 0
    assert await desk.value("SELECT count(*) FROM moderation_case WHERE closed_at IS NULL") == 0
    assert "max held_post" not in await news(desk)


async def test_a_photo_like_one_that_was_removed_hides_its_post_as_soon_as_it_is_fetched(
    desk: Desk, eve: Person
) -> None:
    await desk.take(eve, desk.create(eve, desk.note(eve, attachment=[PHOTO])))
    media_id = await desk.value("SELECT id FROM media WHERE post_id IS NOT NULL")
    stored = StoredPicture(
        file_key="a.jpg", thumbnail_key="b.jpg", byte_size=9, width=9, height=9, blurhash="x", likeness=6
    )
    async with transaction(desk.instance.pool) as conn:
        await removed_pictures.remember(conn, [7], "Fausse montre", None)
        assert await media_files.save_cached(conn, media_id, stored)

    await screen_picture(desk.instance, {"media_id": media_id})
    await screen_picture(desk.instance, {"media_id": media_id})

    [one] = await held(desk)
    assert one.matched == "Photo : « Fausse montre »"
    async with transaction(desk.instance.pool) as conn:
        await release(conn, desk.instance.site, one.post_id, None)
        assert len(await posts.list_by_ids(conn, [one.post_id])) == 1
    await screen_picture(desk.instance, {"media_id": media_id})
    assert await held(desk) == []


async def test_what_was_refused_is_there_once_the_refusal_is_taken_back(desk: Desk, eve: Person) -> None:
    await desk.take(eve, desk.create(eve, desk.note(eve, content="<p>Une arnaque</p>")))
    [waiting] = await held(desk)
    async with transaction(desk.instance.pool) as conn:
        await refuse(conn, desk.instance.site, waiting.post_id, None, "Non.")
        assert await posts.filter_visible(conn, [waiting.post_id], None) == set()
        [decision] = await decisions.list_in_force(conn, waiting.author_id)

        assert await sanctions.take_back(conn, desk.instance.site, decision, by=None)

    async with transaction(desk.instance.pool) as conn:
        assert await posts.filter_visible(conn, [waiting.post_id], None) == {waiting.post_id}
        assert [one.post_id for one in await held_posts.list_waiting(conn, 0, limit=9)] == []
