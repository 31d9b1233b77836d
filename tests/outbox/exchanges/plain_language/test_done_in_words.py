"""Whoever has no button says in words that a repair was done, and confirms so what the other one noted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts
from models.exchanges import agreements, exchange_questions, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.store.database import Connection, fetch_column
from outbox.exchanges.agreements.agreements import accept, propose
from outbox.exchanges.plain_language.answers import read_done
from outbox.exchanges.plain_language.replies import process_member_reply, process_remote_reply
from outbox.exchanges.repair_results import note_result
from outbox.threads.agreement_context import remind
from tests.factories import HERE, make_agreement, make_listing, make_member, make_note, make_remote_actor
from tests.outbox.exchanges.plain_language.test_answers_in_words import NAMES
from tests.outbox.sent_activities import list_sent
from tests.today import today

REPAIR: dict[str, Any] = {"kind": "repair_call", "mode": "repair", "title": "Freins à revoir"}


def fixed() -> RepairNote:
    """What came out, today."""
    return RepairNote(organ="brakes", outcome="fixed", minutes=25, repaired_on=today())


async def agree(conn: Connection, *, days: int = 0, **details: Any) -> Agreement:
    """Dora, who has a Mastodon account alone, came to Alice's call an hour ago, or comes in some days."""
    alice, dora = await make_member(conn), await make_remote_actor(conn, "dora", "mastodon.test", name="Dora")
    call = await make_listing(conn, alice, **REPAIR | details)
    thread = await exchanges.open(conn, listing_id=call.id, owner_id=alice.id, partner_id=dora.id)
    begins_at = datetime.now(UTC) + timedelta(days=days, hours=-1)
    terms = Terms(begins_at=begins_at, ends_at=begins_at + timedelta(hours=8))
    return await accept(conn, HERE, dora, await propose(conn, HERE, alice, thread, terms))


async def find_newest(conn: Connection, author: Actor) -> Post:
    """What she wrote last, or what was written in her name."""
    sql = "SELECT max(id) FROM post WHERE author_id = $1 AND kind <> 'listing'"
    [newest] = await fetch_column(conn, sql, author.id)
    [found] = await posts.list_by_ids(conn, [newest])
    return found


async def write(conn: Connection, author: Actor, other: Actor, words: str) -> Post:
    """A private answer to the last note of the other one."""
    above = await find_newest(conn, other)
    return await make_note(
        conn,
        author,
        content=f"<p>{words}</p>",
        audience="direct",
        in_reply_to_uri=above.uri,
        mention_ids=(other.id,),
        to_uris=(other.uri,),
    )


async def say(conn: Connection, held: Agreement, words: str) -> Agreement:
    """Dora answers the last note of Alice with these words."""
    alice, dora = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
    await process_remote_reply(conn, HERE, dora, await write(conn, dora, alice, words))
    return await agreements.get(conn, held.id)


async def call_and_dora(conn: Connection, held: Agreement) -> tuple[Listing, Actor]:
    """What it is about, and who repairs."""
    call = (await listings.list_by_posts(conn, [held.listing_id]))[held.listing_id]
    return call, await actors.get(conn, held.partner_id)


@pytest.mark.parametrize(
    "words",
    [
        "C’est fait !",
        "Réparé 👍",
        "Bonjour Maryse, c’est réparé, bonne soirée",
        "Oui c’est fait, merci",
        "Ça y est, c’est réparé",
        "Ça y est, il roule",
        "Il roule à nouveau",
        "Fixed!",
        "@maryse It's done",
    ],
)
def test_these_words_say_that_it_was_done(words: str) -> None:
    assert read_done(words, NAMES, asked=False)


@pytest.mark.parametrize(
    "words",
    [
        "C’est fait ?",
        "C’est presque fait",
        "C’est fait, mais il faut revenir",
        "Ce n’est pas fait",
        "C’est réparé pour 20 €",
        "C’est fait…",
        "C’est réparé dimanche",
        "Oui, il roule",
        "Le vélo roule",
        "Oui",
        "Merci",
        "",
    ],
)
def test_these_words_say_something_else(words: str) -> None:
    assert not read_done(words, NAMES, asked=False)


def test_a_yes_says_so_where_it_was_asked() -> None:
    assert read_done("Oui, merci !", NAMES, asked=True)
    assert not read_done("Oui ?", NAMES, asked=True)
    assert not read_done("Merci !", NAMES, asked=True)
    assert not read_done("Non", NAMES, asked=True)


async def test_done_in_words_is_the_report_and_the_caller_notes_what_came_out(conn: Connection) -> None:
    held = await agree(conn)

    told = await say(conn, held, "C’est réparé, bonne journée !")
    again = await say(conn, held, "C’est réparé !")
    await note_result(conn, HERE, await actors.get(conn, held.owner_id), told, fixed())

    assert (told.state, told.partner_reported_at is not None) == ("agreed", True)
    assert again.partner_reported_at == told.partner_reported_at
    done = await agreements.get(conn, held.id)
    assert (done.state, done.verified) == ("done", True)
    assert [one.outcome for one in await results.list_of_agreement(conn, held.id)] == ["fixed"]
    last = [one.activity for one in await list_sent(conn) if one.type == "Create"][-1]
    assert "freins réparés, 25" in last["object"]["content"] and "C’est bien cela" not in last["object"]["content"]


async def test_a_yes_to_what_the_caller_noted_confirms_it(conn: Connection) -> None:
    held = await agree(conn)
    await note_result(conn, HERE, await actors.get(conn, held.owner_id), held, fixed())
    asked = [one.activity for one in await list_sent(conn) if one.type == "Create"][-1]

    told = await say(conn, held, "Oui")

    assert "C’est bien cela ? Répondez « oui » à ce message" in asked["object"]["content"]
    assert told.verified


async def test_a_yes_to_a_reminder_is_the_report(conn: Connection) -> None:
    held = await agree(conn)
    await ask_whether_done(conn, held)

    assert (await say(conn, held, "Oui")).partner_reported_at is not None


@pytest.mark.parametrize("words", ["Oui", "C’est fait ?", "J’arrive", "Non"])
async def test_other_words_report_nothing(conn: Connection, words: str) -> None:
    held = await agree(conn)

    told = await say(conn, held, words)

    assert told == held
    assert await fetch_column(conn, "SELECT id FROM economic_event") == []


@pytest.mark.parametrize(
    ("asked", "answer", "counts"),
    [
        ("Il roule encore ?", "Oui, il roule", False),
        ("Vous avez prévenu votre voisine ?", "Oui, c’est fait", False),
        ("Le vélo est derrière la grille : https://osm.test/?lat=50", "C’est fait", True),
    ],
)
async def test_what_answers_a_question_of_the_other_one_is_no_report(
    conn: Connection, asked: str, answer: str, counts: bool
) -> None:
    held = await agree(conn)
    alice, dora = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
    await write(conn, alice, dora, asked)

    assert ((await say(conn, held, answer)).partner_reported_at is not None) is counts


async def test_words_are_about_what_was_agreed_while_newer_terms_wait(conn: Connection) -> None:
    held = await agree(conn)
    newer = await make_agreement(conn, *await call_and_dora(conn, held))

    told = await say(conn, held, "C’est réparé")

    assert told.partner_reported_at is not None
    assert (await agreements.get(conn, newer.id)).partner_reported_at is None


async def test_a_yes_is_about_what_was_asked(conn: Connection) -> None:
    held = await agree(conn)
    newer = await make_agreement(conn, *await call_and_dora(conn, held), state="agreed", begins_at=held.begins_at)
    await note_result(conn, HERE, await actors.get(conn, held.owner_id), held, fixed())

    told = await say(conn, held, "Oui")

    assert told.verified
    assert (await agreements.get(conn, newer.id)).partner_reported_at is None


async def test_before_its_day_words_report_nothing(conn: Connection) -> None:
    held = await agree(conn, days=3)

    assert (await say(conn, held, "C’est fait")).partner_reported_at is None


async def test_a_loan_is_brought_back_by_no_word(conn: Connection) -> None:
    held = await agree(conn, kind="offer", mode="loan")

    assert (await say(conn, held, "C’est fait")).partner_reported_at is None


async def ask_whether_done(conn: Connection, held: Agreement) -> None:
    """Dora was asked by a note whether it was done, the last one in Alice's name."""
    await remind(conn, HERE, held.id, "returned")
    [owed] = await exchange_questions.list_owed(conn, limit=5)
    newest = await find_newest(conn, await actors.get(conn, held.owner_id))
    await exchange_questions.save_note(conn, owed.id, note_id=newest.id, note_uri="https://lomme.test/n")


@pytest.mark.parametrize(("points", "details"), [(None, {"kind": "request", "mode": "service"}), (20, {})])
async def test_unasked_words_end_no_other_exchange_and_move_no_points(
    conn: Connection, points: int | None, details: dict[str, Any]
) -> None:
    held = await agree(conn, **details)
    await conn.execute("UPDATE agreement SET points = $2 WHERE id = $1", held.id, points)

    unasked = await say(conn, held, "C’est fait")
    await ask_whether_done(conn, held)

    assert unasked.partner_reported_at is None
    assert (await say(conn, held, "C’est fait")).partner_reported_at is not None


async def test_a_member_says_so_from_an_app(conn: Connection) -> None:
    held = await agree(conn)
    await say(conn, held, "C’est fait")
    alice, dora = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
    note = await write(conn, alice, dora, "C’est fait, merci !")

    await process_member_reply(conn, HERE, alice, note)

    assert (await agreements.get(conn, held.id)).verified
    assert "C’est noté : pour « Freins à revoir », c’est fait." in (await find_newest(conn, dora)).content
