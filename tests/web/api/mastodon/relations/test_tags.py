"""Hashtags followed and shown on profiles, through a client."""

from urllib.parse import quote

from models.posts import Tag
from models.relations import followed_tags
from models.store.database import connection
from tests.factories import make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

VELO = f"/api/v1/tags/{quote('Vélo')}"


async def test_a_followed_tag_comes_home_in_any_spelling(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn), tags=(Tag(tag="velo", name="VÉLO"),))
    before = await alice.api.get(VELO, strict.tag)

    followed = await alice.api.post(f"{VELO}/follow", strict.tag)
    again = await alice.api.post("/api/v1/tags/velo/follow", strict.tag)

    assert (before["following"], followed["following"], again["following"]) == (False, True, True)
    assert [one["id"] for one in await alice.api.get("/api/v1/timelines/home")] == [str(note.id)]
    [listed] = await alice.api.get("/api/v1/followed_tags", strict.many(strict.tag))
    assert (listed["name"], listed["history"][0]["uses"]) == ("VÉLO", "1")
    left = await alice.api.post("/api/v1/tags/VELO/unfollow", strict.tag)
    assert left["following"] is False
    assert await alice.api.get("/api/v1/followed_tags") == []
    assert await alice.api.get("/api/v1/timelines/home") == []


async def test_followed_tags_are_paged_by_the_following(alice: Alice) -> None:
    for name in ("un", "deux", "trois"):
        await alice.api.post(f"/api/v1/tags/{name}/follow", strict.tag)

    first = await alice.api.ask("GET", "/api/v1/followed_tags?limit=2")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))

    assert [one["name"] for one in first.json] == ["trois", "deux"]
    assert [one["name"] for one in second.json] == ["un"]


async def test_all_that_may_be_followed_are_told_at_once_unless_fewer_are_asked_for(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        for number in range(100):
            await followed_tags.save(conn, actor_id=alice.actor.id, tag=f"t{number}", name=f"t{number}")

    found = [len(await alice.api.get(f"/api/v1/followed_tags{asked}")) for asked in ("", "?limit=7", "?limit=1000")]

    assert found == [100, 7, 100]


async def test_of_the_most_used_tags_ten_are_told_and_twenty_at_most(alice: Alice) -> None:
    names = [f"tag{number:02}" for number in range(21)]
    async with connection(alice.api.pool) as conn:
        await make_note(conn, alice.actor, tags=tuple(Tag(tag=name, name=name) for name in names))

    found = [
        [one["name"] for one in await alice.api.get(f"/api/v1/trends/tags{asked}", strict.many(strict.tag))]
        for asked in ("", "?limit=100", "?limit=3&offset=19")
    ]

    assert found == [names[:10], names[:20], names[19:]]


async def test_what_is_no_tag_cannot_be_followed_or_shown(alice: Alice) -> None:
    for text in ("12", "a b", "x" * 101, "#"):
        assert (await alice.api.ask("POST", f"/api/v1/tags/{quote(text)}/follow")).status == 404, text
        answer = await alice.api.ask("POST", "/api/v1/featured_tags", json={"name": text})
        assert answer.status == 422, text


async def test_a_tag_on_a_profile_is_seen_by_all_and_taken_away_by_its_owner(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor, tags=(Tag(tag="velo", name="Vélo"), Tag(tag="lomme", name="Lomme")))
        dora = await alice.api.as_member(await make_member(conn, "dora"))
    suggested = await alice.api.get("/api/v1/featured_tags/suggestions", strict.many(strict.tag))

    made = await alice.api.post("/api/v1/featured_tags", strict.featured_tag, name="#Vélo")

    assert {one["name"] for one in suggested} == {"Vélo", "Lomme"}
    assert (made["statuses_count"], made["last_status_at"]) == ("1", note.published_at.date().isoformat())
    address = f"/api/v1/accounts/{alice.actor.id}/featured_tags"
    assert await dora.as_anybody().get(address, strict.many(strict.featured_tag)) == [made]
    assert await dora.get("/api/v1/featured_tags") == []
    assert (await alice.api.get(VELO, strict.tag))["featuring"] is True
    assert [one["name"] for one in await alice.api.get("/api/v1/featured_tags/suggestions")] == ["Lomme"]
    assert (await alice.api.ask("POST", "/api/v1/featured_tags", data={"name": "VELO"})).status == 422
    assert (await dora.ask("DELETE", f"/api/v1/featured_tags/{made['id']}")).status == 404
    assert (await alice.api.ask("DELETE", f"/api/v1/featured_tags/{made['id']}")).json == {}
    assert await alice.api.get("/api/v1/featured_tags") == []
