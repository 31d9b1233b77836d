"""Create: what is kept, who is told, and who may publish what (AX5, AX6, B-21, B-22)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts
from models.people.actors import Actor
from models.relations import follows
from models.store.database import connection
from tests.factories import make_listing, make_member, make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk, write_moment


def mention(actor: Actor) -> dict[str, str]:
    """A tag that names one of ours."""
    return {"type": "Mention", "href": actor.uri, "name": f"@{actor.handle}"}


def soon(seconds: float = 1) -> str:
    """A moment that is newer than what was just published."""
    return write_moment(datetime.now(UTC) + timedelta(seconds=seconds))


async def test_every_post_of_somebody_followed_is_kept(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob, tag=[{"type": "Hashtag", "name": "#Vélo", "href": "https://henin.test/tags/velo"}])

    await desk.take(bob, desk.create(bob, note))

    row = await desk.row("SELECT * FROM post")
    assert (row["uri"], row["audience"], row["kind"]) == (note["id"], "network", "note")
    assert await desk.value("SELECT tag FROM post_tag") == "velo"
    assert await desk.told(alice) == []


async def test_a_mention_is_kept_and_told(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.take(bob, desk.create(bob, desk.note(bob, cc=[alice.uri], tag=[mention(alice)])))

    assert await desk.told(alice) == ["mention"]


async def test_a_private_message_is_for_its_reader_alone(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.take(bob, desk.create(bob, desk.note(bob, to=[alice.uri], cc=[], tag=[mention(alice)])))

    row = await desk.row("SELECT * FROM post")
    assert row["audience"] == "direct"
    async with connection(desk.instance.pool) as conn:
        anna = await make_member(conn, "anna")
        assert await posts.filter_visible(conn, [row["id"]], alice.id) == {row["id"]}
        assert await posts.filter_visible(conn, [row["id"]], anna.id) == set()
        assert await posts.filter_visible(conn, [row["id"]], None) == set()
    assert await desk.told(alice) == ["mention"]


async def test_an_answer_to_what_is_here_is_kept_and_told(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.create(bob, desk.note(bob, inReplyTo=listing.uri)))

    assert await desk.value("SELECT in_reply_to_id FROM post WHERE NOT local") == listing.id
    assert await desk.told(alice) == ["mention"]


async def test_whoever_wants_to_hear_of_each_post_is_told(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        follow = await follows.find(conn, follower_id=alice.id, followed_id=followed.id)
        assert follow is not None
        await follows.save_options(conn, follow.id, shares=True, notify=True)

    await desk.take(bob, desk.create(bob))

    assert await desk.told(alice) == ["status"]


async def test_a_reply_that_comes_before_what_it_answers_is_tied_to_it(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    first = desk.note(bob)
    second = desk.note(bob, inReplyTo=first["id"])

    await desk.take(bob, desk.create(bob, second), desk.create(bob, first))

    parent = await desk.value("SELECT id FROM post WHERE uri = $1", first["id"])
    assert await desk.value("SELECT in_reply_to_id FROM post WHERE uri = $1", second["id"]) == parent


@pytest.mark.parametrize(
    ("to", "cc", "audience"),
    [
        ([PUBLIC], [], "network"),
        ("as:Public", [], "network"),
        (["Public"], [], "network"),
        (["FOLLOWERS"], [PUBLIC], "unlisted"),
        ("FOLLOWERS", [], "followers"),
    ],
)
async def test_the_audience_is_read_in_every_spelling(
    desk: Desk, bob: Person, alice: Actor, to: Any, cc: Any, audience: str
) -> None:
    await desk.follow(alice, bob)
    text = f"{bob.uri}/followers"
    to = (
        text
        if to == "FOLLOWERS"
        else [text if one == "FOLLOWERS" else one for one in to]
        if isinstance(to, list)
        else to
    )

    await desk.take(bob, desk.create(bob, desk.note(bob, to=to, cc=cc)))

    assert await desk.value("SELECT audience FROM post") == audience


async def test_others_html_is_cleaned(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    content = '<p onclick="x()">Bonjour<script>alert(1)</script><img src=x onerror=alert(1)></p>'

    await desk.take(bob, desk.create(bob, desk.note(bob, content=content)))

    assert await desk.value("SELECT content FROM post") == "<p>Bonjour</p>"


@pytest.mark.parametrize(
    "attributed",
    [
        None,
        1,
        "1",
        {"id": "https://evil.test/users/eve"},
        ["https://henin.test/users/bob", "https://henin.test/users/eve"],
    ],
)
async def test_ax05_an_object_is_of_whoever_publishes_it(
    desk: Desk, bob: Person, alice: Actor, attributed: Any
) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob, desk.note(bob, attributedTo=attributed)))

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_ax05_an_object_of_another_server_is_dropped(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob, desk.note(bob, id="https://evil.test/notes/1")))

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_nothing_of_ours_is_ever_overwritten(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        ours = await make_note(conn, alice)
    forged = desk.note(bob, id=ours.uri, content="<p>Piraté</p>", updated=soon())

    await desk.take(
        bob,
        desk.create(bob, forged),
        desk.activity(bob, "Update", forged),
        desk.activity(bob, "Announce", forged, to=[PUBLIC]),
        desk.activity(bob, "Delete", ours.uri),
    )

    row = await desk.row("SELECT content, deleted_at FROM post WHERE uri = $1", ours.uri)
    assert (row["content"], row["deleted_at"]) == ("<p>Bonjour</p>", None)
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_ax05_a_bare_address_is_fetched_from_its_own_server(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = {"@context": "https://www.w3.org/ns/activitystreams"} | note

    await desk.take(bob, desk.activity(bob, "Create", note["id"]))

    assert await desk.value("SELECT uri FROM post") == note["id"]


async def test_ax05_a_bare_address_at_a_third_server_is_not_asked_for(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = len(desk.fediverse.fetched)

    await desk.take(bob, desk.activity(bob, "Create", "https://victim.test/notes/1"))

    assert "https://victim.test/notes/1" not in desk.fediverse.fetched[asked:]
    assert await desk.value("SELECT count(*) FROM post") == 0


@pytest.mark.parametrize("type", ["Article", "Page", "Video", "Question", "Unheard"])
async def test_ax05_unknown_kinds_are_shown_by_name_text_and_link(
    desk: Desk, bob: Person, alice: Actor, type: str
) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob, desk.note(bob, type=type, name="Un titre", content="<p>Texte</p>")))

    content = await desk.value("SELECT content FROM post")
    assert "Texte" in content and (type == "Question" or "Un titre" in content)


async def test_nothing_is_taken_of_somebody_suspended(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)
    await desk.instance.pool.execute("UPDATE actor SET suspended_at = now() WHERE id = $1", followed.id)

    await desk.take(bob, desk.create(bob))

    assert [state for state, _ in await desk.states()] == ["ignored"]
