"""What well-meaning servers send in their own words: kept when it is for somebody here, cleaned, and understood."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation.discovery.remote import fetch_actor
from models.store.database import transaction
from tests.factories import make_follow
from tests.fediverse import Person
from tests.payloads import load_json
from tests.stories.peer import activity, note
from tests.stories.world import World


async def _bring(world: World, person: Person, object: dict[str, Any], type: str = "Create") -> int:
    """Send it, wait until it took effect, and count what stands here."""
    assert await world.door.send(person, activity(person, type, object)) == 202
    await world.door.settle()
    return await world.door.count(object["id"])


async def test_answers_are_kept_letters_of_strangers_wait_and_their_other_posts_are_not_kept(world: World) -> None:
    mention = {"type": "Mention", "href": world.alice.actor.uri, "name": "@alice"}

    assert await _bring(world, world.mallory, note(world.mallory)) == 0
    assert await _bring(world, world.mallory, note(world.mallory, inReplyTo=world.offer)) == 1
    assert await _bring(world, world.mallory, note(world.mallory, tag=[mention])) == 0
    assert await _bring(world, world.mallory, note(world.mallory, to=[world.alice.actor.uri], cc=[])) == 0
    assert await world.door.value("SELECT count(*) FROM received WHERE state = 'held'") == 2
    assert await _bring(world, world.bob, note(world.bob)) == 1
    assert await _bring(world, world.bob, note(world.bob, tag=[mention])) == 1


async def test_an_old_post_that_is_edited_is_not_news(world: World) -> None:
    mention = {"type": "Mention", "href": world.alice.actor.uri, "name": "@alice"}
    old = note(world.bob, tag=[mention], published="2020-01-01T00:00:00Z", updated=datetime.now(UTC).isoformat())

    assert await _bring(world, world.bob, old, "Update") == 0


async def test_an_edit_never_widens_who_may_read(world: World) -> None:
    said = note(world.bob, to=[world.alice.actor.uri], cc=[])
    await _bring(world, world.bob, said)

    wider = said | {"to": ["https://www.w3.org/ns/activitystreams#Public"], "updated": datetime.now(UTC).isoformat()}
    await _bring(world, world.bob, wider, "Update")

    assert await world.door.value("SELECT audience FROM post WHERE uri = $1", said["id"]) == "direct"


EVIL = (
    '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>'
    '<a href="java&#115;cript:alert(1)">b</a><a href="//evil.example">c</a><iframe src="https://evil.example"></iframe>'
    '<style>*{}</style><form action="/x"><input></form><span class="mention admin">d</span><!-- -->'
)


async def test_what_is_stored_is_clean(world: World) -> None:
    said = note(world.bob, content=EVIL, summary="<b>oh</b><script>1</script>", name="<img src=x onerror=1>")
    await _bring(world, world.bob, said)

    stored = await world.door.value("SELECT content || warning FROM post WHERE uri = $1", said["id"])

    forbidden = (
        "script",
        "onerror",
        "onload",
        "onclick",
        "<img",
        "<svg",
        "<iframe",
        "<form",
        "style",
        "//evil",
        "admin",
    )
    assert not [word for word in forbidden if word in stored]
    assert "<b>" not in stored


async def test_what_lemmys_groups_wrap_is_unwrapped_and_asked_for_at_home(world: World) -> None:
    group = world.foreign.add_person("group", type="Group")
    known = await fetch_actor(world.door.here.instance, group.uri)
    async with transaction(world.door.here.instance.pool) as conn:
        await make_follow(conn, world.alice.actor, known)
    page = note(world.carol, type="Page", name="Un titre", content="<p>vrai</p>")
    world.peer.shown.documents[page["id"]] = page

    wrapped = activity(world.carol, "Create", page | {"content": "<p>faux</p>"})
    await world.door.send(group, activity(group, "Announce", wrapped))
    await world.door.settle()

    content = await world.door.value("SELECT content FROM post WHERE uri = $1", page["id"])
    assert "Un titre" in content
    assert "vrai" in content
    sql = "SELECT count(*) FROM share s JOIN post p ON p.id = s.post_id WHERE p.uri = $1"
    assert await world.door.value(sql, page["id"]) == 1


def _as_by(person: Person, name: str, number: int) -> dict[str, Any]:
    """A real payload's object, as if this person had written it."""
    document = load_json(name)
    object: dict[str, Any] = document["object"] if "actor" in document else document
    return object | {
        "@context": document.get("@context"),
        "id": f"{person.uri}/items/{number}",
        "attributedTo": person.uri,
        "actor": None,
    }


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("mitra/proposal", 1),
        ("flohmarkt/create_item", 2),
        ("mobilizon/create_event", 3),
        ("declic/note_repair_call", 4),
        ("declic/note_loan_offer", 5),
        ("declic/note_sale_offer", 6),
        ("declic/note_loan_request", 7),
    ],
)
async def test_listings_of_every_kind_of_server_become_listings(world: World, name: str, number: int) -> None:
    object = _as_by(world.mallory, name, number)
    context = object.pop("@context")
    created = activity(world.mallory, "Create", object) | {"@context": context}

    await world.door.send(world.mallory, created)
    await world.door.settle()

    sql = "SELECT l.kind || ' ' || l.title FROM listing l JOIN post p ON p.id = l.post_id WHERE p.uri = $1"
    found = await world.door.value(sql, object["id"])
    kind = "repair_call" if "repair" in name else "request" if "request" in name else "offer"
    assert found is not None, await world.door.value(
        "SELECT error FROM received WHERE activity_uri = $1", created["id"]
    )
    assert found.startswith(f"{kind} ")
    assert len(found) > len(kind) + 1


async def test_whoever_moves_is_followed_to_the_new_address(world: World) -> None:
    old = world.foreign.add_person("old")
    new = world.peer.add_person("new", alsoKnownAs=[old.uri])
    known = await fetch_actor(world.door.here.instance, old.uri)
    async with transaction(world.door.here.instance.pool) as conn:
        await make_follow(conn, world.alice.actor, known)
    world.foreign.shown.documents[old.uri] = old.document | {"movedTo": new.uri}

    await world.door.send(old, activity(old, "Update", old.document | {"movedTo": new.uri}))
    await world.door.send(old, activity(old, "Move", old.uri, target=new.uri))
    await world.door.settle()

    sql = "SELECT b.uri FROM follow f JOIN actor b ON b.id = f.followed_id WHERE f.follower_id = $1 AND b.uri = ANY($2)"
    assert await world.door.value(sql, world.alice.actor.id, [old.uri, new.uri]) == new.uri


async def test_somebody_deleted_or_suspended_says_nothing_more(world: World) -> None:
    gone = world.foreign.add_person("gone")
    said = note(gone, inReplyTo=world.offer)
    assert await _bring(world, gone, said) == 1

    await world.door.send(gone, activity(gone, "Delete", gone.uri))
    await world.door.settle()
    del world.foreign.shown.documents[gone.uri]

    assert await world.door.count(said["id"]) == 0
    assert await _bring(world, gone, note(gone, inReplyTo=world.offer)) == 0
