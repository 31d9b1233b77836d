"""Who may write to our people unasked (B-57): the rules in a table, and what becomes of what waits."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from federation.discovery.fetches import get_actor
from inbox.posts.message_requests import judge
from inbox.processing.process import process_due
from models.people.actors import Actor
from models.posts import message_requests
from models.posts.message_requests import known_senders, saving, values
from models.posts.message_requests.known_senders import ANSWERS_OF_HOST, ANSWERS_OF_ONE, SenderRelation, SenderStanding
from models.servers import waiting_posts
from models.store.database import connection, execute, transaction
from outbox.moderation import message_requests as outbox
from outbox.servers.peers import accept_strangers
from tests.factories import make_follow, make_listing, make_member, make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk
from tests.unknown_hosts import build_listing

STRANGER, KNOWN = SenderStanding(known=False), SenderStanding(known=True)

BUSY = SenderStanding(known=False, answers=ANSWERS_OF_ONE, answers_of_host=ANSWERS_OF_ONE)

FLOOD = SenderStanding(known=False, answers=0, answers_of_host=ANSWERS_OF_HOST)

RULES: list[tuple[str, SenderStanding, dict[str, bool], str]] = [
    ("a stranger unasked", STRANGER, {}, "waits"),
    ("somebody of a known server", KNOWN, {}, "arrives"),
    ("to an account of the cooperative, which nobody decides for", STRANGER, {"member": False}, "dropped"),
    ("to the same from a known server", KNOWN, {"member": False}, "arrives"),
    ("with whom she has an exchange", STRANGER, {"exchanged": True}, "arrives"),
    ("to whom she wrote", STRANGER, {"wrote": True}, "arrives"),
    ("whom she follows", STRANGER, {"follows": True}, "arrives"),
    ("whom somebody named in her thread", STRANGER, {"named": True}, "arrives"),
    ("whom she let in before", STRANGER, {"welcome": True}, "arrives"),
    ("an answer", STRANGER, {"answers": True}, "arrives"),
    ("one answer too many of one person", BUSY, {"answers": True}, "waits"),
    ("one answer too many of one server", FLOOD, {"answers": True}, "waits"),
    ("the same by somebody with whom she has an exchange", FLOOD, {"answers": True, "exchanged": True}, "arrives"),
    ("an edit of what she reads already", BUSY, {"answers": True, "has_it": True}, "arrives"),
    ("whom she sent away", STRANGER, {"welcome": False}, "dropped"),
    ("whom she sent away, answering", STRANGER, {"welcome": False, "answers": True}, "dropped"),
    ("whom she sent away, since when their server became known", KNOWN, {"welcome": False}, "dropped"),
    ("whom she sent away and then wrote to herself", STRANGER, {"welcome": False, "wrote": True}, "arrives"),
    ("whom she blocks", STRANGER, {"barred": True}, "dropped"),
    ("whom she blocks, though they have an exchange", STRANGER, {"barred": True, "exchanged": True}, "dropped"),
    ("to an account of the cooperative, answering", STRANGER, {"member": False, "answers": True}, "arrives"),
]


@pytest.mark.parametrize(("writer", "tie", "verdict"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_b57_who_passes_and_who_waits(writer: SenderStanding, tie: dict[str, bool], verdict: str) -> None:
    assert judge(writer, SenderRelation(reader_id=1, **tie)) == verdict


def test_b57_the_limits_are_pinned() -> None:
    assert (ANSWERS_OF_ONE, ANSWERS_OF_HOST) == (10, 60)
    assert (values.MOST_OF_ONE, values.MOST_OF_HOST, values.MOST, values.LONGEST) == (20, 1000, 20_000, 65_536)


@pytest.fixture
async def eve(desk: Desk) -> AsyncIterator[Person]:
    """Somebody of a server that nobody here has met."""
    yield desk.fediverse.add_person("eve", "neu.test")


@pytest.fixture
async def hocine(desk: Desk) -> Actor:
    """Another member."""
    async with connection(desk.instance.pool) as conn:
        return await make_member(conn, "hocine")


def letter(desk: Desk, person: Person, *to: Actor, **changes: Any) -> dict[str, Any]:
    """A private note that names some of ours, unasked."""
    mentions = [{"type": "Mention", "href": one.uri, "name": f"@{one.handle}"} for one in to]
    note = desk.note(person, **({"to": [one.uri for one in to], "cc": [], "tag": mentions} | changes))
    return desk.create(person, note)


async def waiting(desk: Desk, reader: Actor) -> list[str]:
    """The texts that wait for this reader, oldest first."""
    rows = await desk.instance.pool.fetch(
        "SELECT text FROM shown_message_request WHERE reader_id = $1 ORDER BY id", reader.id
    )
    return [row["text"] for row in rows]


async def let_in(desk: Desk, reader: Actor, person: Person) -> None:
    author = await desk.meet(person)
    async with transaction(desk.instance.pool) as conn:
        await outbox.accept_sender(conn, reader, author.id)
    await process_due(desk.instance)


async def send_away(desk: Desk, reader: Actor, person: Person) -> None:
    author = await desk.meet(person)
    async with transaction(desk.instance.pool) as conn:
        await outbox.send_away(conn, reader, author.id)


async def conversations(desk: Desk, reader: Actor) -> int:
    found: int = await desk.value("SELECT count(*) FROM conversation WHERE owner_id = $1", reader.id)
    return found


async def test_b57_what_a_stranger_writes_waits_for_the_member(desk: Desk, alice: Actor, eve: Person) -> None:
    await desk.take(eve, letter(desk, eve, alice, content="<p>Bonjour <b>Alice</b></p>"))

    assert await desk.states() == [("held", None)]
    assert await waiting(desk, alice) == ["Bonjour Alice"]
    assert (await desk.told(alice), await conversations(desk, alice)) == ([], 0)
    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_b57_a_listing_for_her_alone_waits_for_her_as_words_do_and_is_shown_to_nobody_else(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice"}
    await desk.take(eve, desk.create(eve, build_listing(eve, to=[alice.uri], cc=[], tag=[mention])))

    assert (await desk.states(), await desk.value("SELECT count(*) FROM post")) == ([("held", None)], 0)
    assert len(await waiting(desk, alice)) == 1

    await let_in(desk, alice, eve)

    assert await desk.value("SELECT audience FROM post") == "direct"
    assert (await desk.told(alice), await conversations(desk, alice)) == (["mention"], 1)
    async with connection(desk.instance.pool) as conn:
        assert await waiting_posts.list_hosts(conn) == []


async def test_b57_what_is_let_in_comes_as_it_would_have_and_so_does_what_follows(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    await desk.take(eve, letter(desk, eve, alice), letter(desk, eve, alice))

    await let_in(desk, alice, eve)
    told = await desk.told(alice)
    await desk.take(eve, letter(desk, eve, alice))

    assert told == ["mention", "mention"]
    assert await desk.told(alice) == ["mention"] * 3
    assert [state for state, _ in await desk.states()] == ["done"] * 3
    assert (await waiting(desk, alice), await conversations(desk, alice)) == ([], 3)


async def test_b57_who_is_sent_away_is_gone_without_a_word_for_thirty_days(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    await desk.take(eve, letter(desk, eve, alice))

    await send_away(desk, alice, eve)
    await desk.take(eve, letter(desk, eve, alice))
    states = [state for state, _ in await desk.states()]
    await desk.instance.pool.execute("UPDATE correspondent SET decided_at = now() - interval '31 days'")
    await desk.take(eve, letter(desk, eve, alice, content="<p>encore</p>"))

    assert states == ["ignored", "ignored"]
    assert await desk.sent() == []
    assert await waiting(desk, alice) == ["encore"]


async def test_b57_each_of_two_members_decides_for_herself(
    desk: Desk, alice: Actor, hocine: Actor, eve: Person
) -> None:
    await desk.take(eve, letter(desk, eve, alice, hocine))

    await let_in(desk, alice, eve)

    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], [])
    assert (len(await waiting(desk, alice)), len(await waiting(desk, hocine))) == (0, 1)
    assert await desk.value("SELECT count(*) FROM mention WHERE actor_id = $1", hocine.id) == 0
    assert await conversations(desk, hocine) == 0

    await let_in(desk, hocine, eve)

    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], ["mention"])
    assert (await conversations(desk, alice), await conversations(desk, hocine)) == (1, 1)
    assert await desk.value("SELECT count(*) FROM message_request") == 0


async def test_b57_an_edit_changes_what_waits_and_no_more_for_whoever_did_not_let_it_in(
    desk: Desk, alice: Actor, hocine: Actor, eve: Person
) -> None:
    first = letter(desk, eve, alice, hocine, published="2026-01-01T00:00:00Z")
    edited = first["object"] | {"content": "<p>corrigé</p>", "updated": "2026-01-02T00:00:00Z"}
    await desk.take(eve, first)

    await desk.take(eve, desk.activity(eve, "Update", edited))
    await let_in(desk, alice, eve)
    again = edited | {"content": "<p>encore</p>", "updated": "2026-01-03T00:00:00Z"}
    await desk.take(eve, desk.activity(eve, "Update", again))

    assert await desk.value("SELECT content FROM post") == "<p>encore</p>"
    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], [])
    assert await waiting(desk, hocine) == ["encore"]
    assert await desk.value("SELECT count(*) FROM mention WHERE actor_id = $1", hocine.id) == 0
    assert await desk.value("SELECT count(*) FROM received WHERE state = 'held'") == 0


async def test_b57_what_its_author_deletes_or_leaves_behind_waits_no_longer(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    first, second = letter(desk, eve, alice), letter(desk, eve, alice)
    await desk.take(eve, first, second)

    await desk.take(eve, desk.activity(eve, "Delete", first["object"]["id"]))
    left = await waiting(desk, alice)
    await desk.take(eve, desk.activity(eve, "Delete", eve.uri))

    assert len(left) == 1
    assert await waiting(desk, alice) == []
    assert [state for state, _ in await desk.states()][:2] == ["ignored", "ignored"]


async def test_b57_servers_that_are_known_or_followed_are_no_strangers(desk: Desk, alice: Actor, eve: Person) -> None:
    carl, dora = desk.fediverse.add_person("carl", "old.test"), desk.fediverse.add_person("dora", "neu.test")
    await desk.instance.pool.execute(
        "INSERT INTO server (host, first_seen_at) VALUES ('old.test', now() - interval '8 days')"
    )
    await desk.follow(alice, dora)

    await desk.take(carl, letter(desk, carl, alice))
    await desk.take(eve, letter(desk, eve, alice))

    assert await desk.told(alice) == ["mention", "mention"]


async def test_b57_that_a_stranger_follows_somebody_here_opens_no_door(desk: Desk, alice: Actor, eve: Person) -> None:
    async with connection(desk.instance.pool) as conn:
        await make_follow(conn, await get_actor(desk.instance, eve.uri), alice)

    await desk.take(eve, letter(desk, eve, alice))

    assert await desk.states() == [("held", None)]


async def test_b57_to_whom_she_wrote_and_who_was_named_in_her_thread_passes(
    desk: Desk, alice: Actor, hocine: Actor, eve: Person
) -> None:
    author = await desk.meet(eve)
    async with connection(desk.instance.pool) as conn:
        await make_note(conn, alice, uri=f"{alice.uri}/notes/1", audience="direct", mention_ids=(author.id,))
    await desk.take(eve, letter(desk, eve, alice), letter(desk, eve, hocine))
    async with connection(desk.instance.pool) as conn:
        root = await make_note(conn, hocine, uri=f"{hocine.uri}/notes/1")
        await make_note(conn, alice, uri=f"{alice.uri}/notes/2", in_reply_to_uri=root.uri, mention_ids=(author.id,))
    await desk.take(eve, letter(desk, eve, hocine))

    assert await desk.told(alice) == ["mention"]
    assert await desk.told(hocine) == ["mention"]
    assert len(await waiting(desk, hocine)) == 1


async def test_b57_answers_to_what_is_published_here_are_taken_a_few_a_day_of_each_person(
    desk: Desk, alice: Actor, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_senders, "ANSWERS_OF_HOST", 5)
    monkeypatch.setattr("inbox.posts.message_requests.ANSWERS_OF_HOST", 5)
    monkeypatch.setattr("inbox.posts.message_requests.ANSWERS_OF_ONE", 3)
    fay, gil = desk.fediverse.add_person("fay", "neu.test"), desk.fediverse.add_person("gil", "neu.test")
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)
        own = await make_note(conn, await desk.meet(eve), uri="https://neu.test/users/eve/notes/kept")

    answers = {"to": [PUBLIC], "inReplyTo": listing.post.uri}
    await desk.take(eve, *(letter(desk, eve, alice, **answers) for _ in range(4)))
    await desk.take(fay, *(letter(desk, fay, alice, **answers) for _ in range(2)))
    await desk.take(gil, letter(desk, gil, alice, **answers))
    await desk.take(eve, letter(desk, eve, alice, to=[PUBLIC], inReplyTo=own.uri))

    states = [state for state, _ in await desk.states()]
    assert states == ["done", "done", "done", "held", "done", "done", "held", "held"]


async def test_b57_an_answer_that_names_a_bystander_comes_to_whom_it_answers_alone(
    desk: Desk, alice: Actor, hocine: Actor, eve: Person
) -> None:
    async with connection(desk.instance.pool) as conn:
        note = await make_note(conn, alice, uri=f"{alice.uri}/notes/1")

    await desk.take(eve, letter(desk, eve, alice, hocine, to=[PUBLIC], inReplyTo=note.uri))

    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], [])
    assert len(await waiting(desk, hocine)) == 1
    await send_away(desk, hocine, eve)
    assert await desk.value("SELECT count(*) FROM post WHERE NOT local") == 1


async def test_b57_what_a_stranger_wrote_waits_for_whom_it_names_though_others_share_it(
    desk: Desk, alice: Actor, hocine: Actor, eve: Person, bob: Person
) -> None:
    await desk.follow(hocine, bob)
    note = letter(desk, eve, alice, to=[PUBLIC])["object"]
    desk.fediverse.documents[note["id"]] = note

    await desk.take(bob, desk.activity(bob, "Announce", note["id"]))
    before = (await desk.told(alice), len(await waiting(desk, alice)))
    await let_in(desk, alice, eve)

    assert before == ([], 1)
    assert await desk.value("SELECT count(*) FROM share") == 1
    assert (await desk.told(alice), await waiting(desk, alice)) == (["mention"], [])


async def test_b38_what_waits_is_bounded_for_each_person_and_each_server(
    desk: Desk, alice: Actor, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay = desk.fediverse.add_person("fay", "wild.card.neu.test:8443")
    monkeypatch.setattr(saving, "MOST_OF_ONE", 2)
    monkeypatch.setattr(saving, "MOST_OF_HOST", 3)

    await desk.take(eve, *(letter(desk, eve, alice) for _ in range(4)))
    await desk.take(fay, *(letter(desk, fay, alice) for _ in range(2)))

    assert [state for state, _ in await desk.states()] == ["held", "held", "ignored", "ignored", "held", "ignored"]


async def test_b38_what_would_fill_the_disk_is_not_kept(desk: Desk, alice: Actor, eve: Person) -> None:
    await desk.take(eve, letter(desk, eve, alice, content="x" * values.LONGEST), letter(desk, eve, alice))

    assert [state for state, _ in await desk.states()] == ["ignored", "held"]
    assert await desk.value("SELECT max(length(body)) FROM received") == 8192


async def test_b57_a_flood_makes_one_piece_of_news(desk: Desk, alice: Actor) -> None:
    flood = [desk.fediverse.add_person(f"spam{number}", f"neu{number % 5}.test") for number in range(20)]
    for spammer in flood:
        assert (await desk.post(spammer, letter(desk, spammer, alice))).status == 202
    await process_due(desk.instance)
    jobs = await desk.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'message_requests'")

    async with connection(desk.instance.pool) as conn:
        people, letters = await message_requests.count_senders(conn, alice.id)

    assert (people, letters, jobs) == (20, 20, 1)
    assert await desk.told(alice) == []


async def test_b57_what_waits_comes_once_she_follows_its_writer_herself(desk: Desk, alice: Actor, eve: Person) -> None:
    await desk.take(eve, letter(desk, eve, alice))
    await desk.instance.pool.execute("DELETE FROM message_request_news")

    before = await outbox.accept_known_senders(desk.instance)
    told = await desk.value("SELECT count(*) FROM message_request_news")
    await desk.follow(alice, eve)
    after = await outbox.accept_known_senders(desk.instance)
    await process_due(desk.instance)

    assert (before, told, after) == (0, 1, 1)
    assert await desk.told(alice) == ["mention"]


async def test_b57_a_server_that_is_let_through_brings_what_waits_to_everybody(
    desk: Desk, alice: Actor, hocine: Actor, eve: Person
) -> None:
    await desk.take(eve, letter(desk, eve, alice), letter(desk, eve, hocine))

    async with transaction(desk.instance.pool) as conn:
        released = await accept_strangers(conn, "neu.test")
    await process_due(desk.instance)

    assert released == 2
    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], ["mention"])


async def test_what_nobody_decided_about_is_gone_after_thirty_days(desk: Desk, alice: Actor, eve: Person) -> None:
    await desk.take(eve, letter(desk, eve, alice))
    async with connection(desk.instance.pool) as conn:
        assert await message_requests.forget_old(conn) == 0
        await execute(conn, "UPDATE message_request SET received_at = now() - interval '31 days'")
        assert await message_requests.forget_old(conn) == 1

    assert await desk.states() == [("ignored", "not_let_in")]


WORST = [
    "<p>bonjour <![x]</p>",
    "<a " * 3000,
    "<div " * 3000 + "<![CDATA[",
    "<script>alert(1)</script><svg onload=alert(1)><p>x</p>",
    "\x00\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace") + "&#0;&#xD800;<!doctype",
]


@pytest.mark.parametrize("content", WORST, ids=["section", "links", "boxes", "scripts", "characters"])
async def test_whatever_a_stranger_writes_waits_as_plain_text(
    desk: Desk, alice: Actor, eve: Person, content: str
) -> None:
    await desk.take(eve, letter(desk, eve, alice, content=content), letter(desk, eve, alice, content="<p>Et moi</p>"))

    texts = await waiting(desk, alice)
    assert [state for state, _ in await desk.states()] == ["held", "held"]
    assert len(texts) == 2 and texts[1] == "Et moi"
    assert "<" not in texts[0].replace("<![x]", "") and "alert" not in texts[0]
