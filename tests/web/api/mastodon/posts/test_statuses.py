"""Reading statuses: private equals missing, threads, reactions."""

from uuid import uuid4

from federation.uris import listing_url, note_url
from models.relations import reactions
from models.store.database import connection, execute
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

MISSING = "not_found"
STATUSES = strict.many(strict.status)
ACCOUNTS = strict.many(strict.account)

PARTS = ("", "/context", "/history", "/favourited_by", "/reblogged_by", "/source")
ACTS = ("favourite", "unfavourite", "reblog", "unreblog")


async def test_a_public_status_is_shown_to_anybody(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor)

    status = await alice.api.as_anybody().get(f"/api/v1/statuses/{listing.id}", strict.status)

    assert status["account"]["acct"] == "alice"
    assert "favourited" not in status


async def test_private_and_missing_are_answered_alike_everywhere(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        secret = await make_note(conn, bob, audience="direct")
        deleted = await make_note(conn, bob)
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", deleted.id)
    ids = (secret.id, deleted.id, 17, "9" * 19, "9" * 40)

    answers = [await alice.api.ask("GET", f"/api/v1/statuses/{id}{part}") for id in ids for part in PARTS]
    answers += [await alice.api.ask("POST", f"/api/v1/statuses/{id}/{act}") for id in ids for act in ACTS]
    answers += [await alice.api.ask("DELETE", f"/api/v1/statuses/{id}") for id in ids]
    answers += [await alice.api.ask("PUT", f"/api/v1/statuses/{id}", data={"status": "x"}) for id in ids]

    assert {(answer.status, answer.json["code"]) for answer in answers} == {(404, MISSING)}
    for part in PARTS[:-1]:
        assert (await alice.api.as_anybody().ask("GET", f"/api/v1/statuses/{secret.id}{part}")).status == 404


async def test_what_ends_the_address_of_a_page_of_ours_names_its_post_too(alice: Alice) -> None:
    site = alice.api.site
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor, url=note_url(site, "alice", str(uuid4())))
        listing = await make_listing(conn, alice.actor, post={"url": listing_url(site, str(uuid4()))})
        theirs = await make_note(conn, await make_remote_actor(conn), url=f"https://henin.test/@bob/{uuid4()}")
        carla = await make_member(conn, "carla")
        secret = await make_note(conn, carla, url=note_url(site, "carla", str(uuid4())), audience="direct")
    ends = [post.url[-36:] for post in (note, listing.post, theirs, secret)]

    shown = [await alice.api.ask("GET", f"/api/v1/statuses/{end}") for end in ends]
    liked = await alice.api.post(f"/api/v1/statuses/{ends[0]}/favourite", strict.status)
    gone = await alice.api.ask("DELETE", f"/api/v1/statuses/{ends[0]}")
    after = await alice.api.ask("GET", f"/api/v1/statuses/{ends[0]}")

    assert [answer.json["id"] for answer in shown[:2]] == [str(note.id), str(listing.id)]
    assert [(answer.status, answer.json["code"]) for answer in (*shown[2:], after)] == [(404, MISSING)] * 3
    assert liked["id"] == str(note.id) and liked["favourited"] and gone.status == 200


async def test_the_source_is_for_its_author_alone(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        mine = await make_note(conn, alice.actor, source="Bonjour @bob", warning="Attention")
        theirs = await make_note(conn, bob, source="secret")

    source = await alice.api.get(f"/api/v1/statuses/{mine.id}/source")

    assert source == {"id": str(mine.id), "text": "Bonjour @bob", "spoiler_text": "Attention"}
    assert (await alice.api.ask("GET", f"/api/v1/statuses/{theirs.id}/source")).status == 404


async def test_a_thread_is_told_root_first_then_depth_first_without_what_is_private(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
        root = await make_listing(conn, bob)
        first = await make_note(conn, carol, in_reply_to_uri=root.uri)
        middle = await make_note(conn, alice.actor, in_reply_to_uri=first.uri)
        deeper = await make_note(conn, bob, in_reply_to_uri=middle.uri)
        beside = await make_note(conn, carol, in_reply_to_uri=middle.uri)
        last = await make_note(conn, bob, in_reply_to_uri=deeper.uri)
        await make_note(conn, bob, in_reply_to_uri=middle.uri, audience="direct")

    context = await alice.api.get(f"/api/v1/statuses/{middle.id}/context", strict.context)

    assert [one["id"] for one in context["ancestors"]] == [str(root.id), str(first.id)]
    assert [one["id"] for one in context["descendants"]] == [str(deeper.id), str(last.id), str(beside.id)]
    anybody = await alice.api.as_anybody().get(f"/api/v1/statuses/{root.id}/context", strict.context)
    assert [one["id"] for one in anybody["descendants"]][:2] == [str(first.id), str(middle.id)]


async def test_several_statuses_come_in_the_order_asked(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        one, two = await make_note(conn, bob), await make_note(conn, bob)
        secret = await make_note(conn, bob, audience="direct")

    answer = await alice.api.ask("GET", f"/api/v1/statuses?id[]={two.id}&id[]={secret.id}&id[]=1&id[]={one.id}")

    STATUSES(answer.json)
    assert [status["id"] for status in answer.json] == [str(two.id), str(one.id)]


async def test_who_liked_and_shared_is_paged_by_the_acts_own_ids(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor)
        people = [await make_remote_actor(conn, f"p{number}") for number in range(3)]
        for person in people:
            await reactions.favourite(conn, uri=f"{person.uri}/l", actor_id=person.id, post_id=listing.id)
            await reactions.share(conn, uri=f"{person.uri}/s", actor_id=person.id, post_id=listing.id)

    for part in ("favourited_by", "reblogged_by"):
        first = await alice.api.ask("GET", f"/api/v1/statuses/{listing.id}/{part}?limit=2")
        second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))

        ACCOUNTS(first.json)
        assert [one["username"] for one in first.json + second.json] == ["p2", "p1", "p0"]


async def test_favourites_are_ordered_by_the_like_and_not_by_the_status(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        old, new = await make_note(conn, bob), await make_note(conn, bob)
        secret = await make_note(conn, bob, audience="followers")
        for post in (new, secret, old):
            await reactions.favourite(conn, uri=f"urn:{post.id}", actor_id=alice.actor.id, post_id=post.id)

    first = await alice.api.ask("GET", "/api/v1/favourites?limit=1")
    rest = await alice.api.ask(
        "GET", first.links["next"].removeprefix(alice.api.site.url).replace("limit=1", "limit=9")
    )

    STATUSES(first.json + rest.json)
    assert [one["id"] for one in first.json + rest.json] == [str(old.id), str(new.id)]


async def test_somebody_who_blocks_the_reader_is_not_seen(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        note = await make_note(conn, bob)
        await make_follow(conn, bob, alice.actor)
        await execute(conn, "INSERT INTO block (id, actor_id, target_id) VALUES (1, $1, $2)", bob.id, alice.actor.id)

    assert (await alice.api.ask("GET", f"/api/v1/statuses/{note.id}")).status == 404
    assert await alice.api.get(f"/api/v1/accounts/{bob.id}/statuses") == []
    assert await alice.api.get(f"/api/v1/accounts/{bob.id}/following") == []


async def test_those_who_reacted_are_paged_by_their_act(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor)
        acts = []
        for name in ("bob", "carol", "eve"):
            actor = await make_remote_actor(conn, name)
            made = await reactions.favourite(conn, uri=f"urn:{name}", actor_id=actor.id, post_id=note.id)
            assert made is not None
            acts.append(made.id)
    path = f"/api/v1/statuses/{note.id}/favourited_by"

    first = await alice.api.ask("GET", f"{path}?limit=2")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))
    newer = await alice.api.ask("GET", f"{path}?since_id={acts[1]}")

    names = [[one["username"] for one in page.json] for page in (first, second, newer)]
    assert names == [["eve", "carol"], ["bob"], ["eve"]]
