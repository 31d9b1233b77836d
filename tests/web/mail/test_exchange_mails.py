"""Mails about exchanges: everything that may happen in one, reminders by the clock, and dates for the calendar."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import icalendar
import pytest

from federation.texts.html_cleaner import from_text
from models import posts
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, NewAgreement, Terms, write_terms
from models.exchanges.exchanges import EventKind
from models.moments import PARIS
from models.news import notifications
from models.store.database import execute, transaction
from outbox.exchanges.agreements.thanks import keep_thanks
from outbox.exchanges.reminders import remind_due
from outbox.threads.agreement_context import find_context
from tests.factories import make_note
from tests.web.mail_scenario import LATER, NOON, Clock, Office
from tests.web.smtp_server import read_parts
from web.mail.send_times import list_due
from web.news.item_words import ONE

BEGIN = datetime.combine(NOON.date() + timedelta(days=1), datetime.min.time(), PARIS)

TERMS = Terms(begins_at=BEGIN, ends_at=BEGIN + timedelta(days=2), place="Place du Marais, Lomme")


async def agree(office: Office, kind: EventKind = "agreed", state: str = "agreed") -> Agreement:
    """Bob and Alice about the tent, and one thing that Bob, or the clock, did."""
    async with transaction(office.pool) as conn:
        thread = await exchanges.open(
            conn, listing_id=office.tent.id, owner_id=office.alice.id, partner_id=office.bob.id
        )
        made = await agreements.create(
            conn,
            NewAgreement(
                exchange_id=thread.id,
                listing_id=office.tent.id,
                owner_id=office.alice.id,
                partner_id=office.bob.id,
                proposed_by=office.bob.id,
                uri=f"{office.alice.uri}/agreements/1",
                request_uri=f"{office.bob.uri}/activities/1",
                terms=TERMS,
                held_until=None,
                updated_at=agreements.next_moment(),
            ),
        )
        assert made is not None
        await execute(conn, "UPDATE agreement SET state = $1, agreed_at = $2", state, NOON - timedelta(days=2))
        details = {"terms": write_terms(TERMS), "text": "Je passe à vélo."}
        await exchanges.add_event(conn, thread.id, kind, agreement_id=made.id, actor_id=office.bob.id, details=details)
    return made


@pytest.mark.parametrize("kind", get_args(EventKind))
async def test_everything_that_the_other_does_is_told(office: Office, kind: EventKind) -> None:
    await agree(office, kind)

    await office.deliver()

    [message] = office.postman.taken
    text, _ = read_parts(message)
    assert ONE[kind] % {"who": "Léonie"} in text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Place du Marais, Lomme" in text and "> Je passe à vélo." in text


async def test_of_other_terms_it_is_said_first_what_is_other(office: Office) -> None:
    made = await agree(office, "requested", "requested")
    later = replace(TERMS, place="La gare")
    async with transaction(office.pool) as conn:
        details = {"terms": write_terms(later), "before": write_terms(TERMS)}
        await exchanges.add_event(
            conn, made.exchange_id, "countered", agreement_id=made.id, actor_id=office.bob.id, details=details
        )
    await office.deliver()

    text, html = (part.replace("\u00a0", " ") for part in read_parts(office.postman.taken[-1]))
    for part in (text, html):
        assert "La gare au lieu de Place du Marais, Lomme" in part
        assert part.index("La gare au lieu de") < part.rindex("La gare")


async def test_both_days_are_reminded_of_in_the_morning_before(office: Office, clock: Clock) -> None:
    await agree(office)
    await office.deliver()
    clock.at = NOON + timedelta(minutes=5)

    await remind_due(office.instance, clock.at)
    await remind_due(office.instance, clock.at)
    await office.deliver(LATER + timedelta(minutes=10))
    clock.at = NOON + timedelta(days=2, minutes=5)
    await remind_due(office.instance, clock.at)
    await office.deliver(clock.at + timedelta(minutes=10))

    texts = [read_parts(message)[0] for message in office.postman.taken]
    assert len(texts) == 3
    assert "C’est pour bientôt, avec Léonie" in texts[1] and "Place du Marais" in texts[1]
    assert "La fin du prêt approche, avec Léonie" in texts[2]


async def test_a_reminder_of_the_night_is_told_at_eight(office: Office, clock: Clock) -> None:
    await agree(office)
    await office.deliver()
    night = BEGIN + timedelta(minutes=5)
    clock.at = night
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE agreement SET begins_at = begins_at + interval '1 day'")

    await remind_due(office.instance, night)
    quiet = await office.deliver(night + timedelta(minutes=10))
    told = await office.deliver(list_due(night)["now"])

    assert (quiet, told) == (0, 1)
    assert "C’est pour bientôt" in read_parts(office.postman.taken[-1])[0]


@pytest.mark.parametrize(
    ("kind", "state", "status"), [("agreed", "agreed", "CONFIRMED"), ("cancelled", "cancelled", "CANCELLED")]
)
async def test_what_was_agreed_or_called_off_comes_with_its_date(
    office: Office, kind: EventKind, state: str, status: str
) -> None:
    made = await agree(office, kind, state)

    await office.deliver()

    [file] = office.postman.taken[0].iter_attachments()
    [event] = icalendar.Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert (file.get_content_type(), file["Content-Type"].params["method"]) == ("text/calendar", "PUBLISH")
    assert (event["uid"], event["status"]) == (made.request_uri, status)
    assert event.decoded("dtstart") == BEGIN.date()


async def test_a_request_that_is_not_settled_has_no_date_yet(office: Office) -> None:
    await agree(office, "requested", "requested")

    await office.deliver()

    assert list(office.postman.taken[0].iter_attachments()) == []


async def test_the_clock_tells_both_members(office: Office, clock: Clock) -> None:
    made = await agree(office)
    await office.deliver()
    clock.at = LATER
    async with transaction(office.pool) as conn:
        await execute(
            conn,
            "INSERT INTO account (actor_id, email, confirmed_at) VALUES ($1, $2, now())",
            office.bob.id,
            "leonie@example.org",
        )
        await exchanges.add_event(conn, made.exchange_id, "returned", agreement_id=made.id)

    await office.deliver(LATER + timedelta(minutes=10))

    told = {message["To"]: read_parts(message)[0] for message in office.postman.taken[1:]}
    assert set(told) == {"alice@example.org", "leonie@example.org"}
    assert "C’est rendu" in told["leonie@example.org"] and "Dites-le à Maryse" in told["leonie@example.org"]


async def test_a_message_is_told_without_the_name_in_front_of_it(office: Office) -> None:
    await office.write(f"<p>@{office.alice.handle} Est-elle libre samedi ?</p>")

    await office.deliver()

    [message] = office.postman.taken
    assert "> Est-elle libre samedi ?" in read_parts(message)[0]


async def test_the_words_of_thanks_are_in_the_mail_once(office: Office) -> None:
    held = await agree(office)
    async with transaction(office.pool) as conn:
        case = await find_context(conn, await agreements.get(conn, held.id))
        words = from_text("@alice Belle tente, merci !", mentions={"alice": office.alice.url})
        note = await make_note(
            conn, office.bob, content=words, audience="direct", in_reply_to_uri=office.tent.uri,
            mention_ids=(office.alice.id,),
        )  # fmt: skip
        await notifications.notify(
            conn, recipient_id=office.alice.id, type="mention", actor_id=office.bob.id, post_id=note.id
        )
        await keep_thanks(conn, case, office.bob, note)

    await office.deliver()

    [message] = office.postman.taken
    text, html = read_parts(message)
    assert "Léonie vous remercie" in text and "> Belle tente, merci !" in text and "@alice" not in text
    assert text.count("Belle tente") == 1 and "Belle tente, merci !" in html


async def test_thanks_that_were_taken_back_are_not_told(office: Office) -> None:
    held = await agree(office)
    async with transaction(office.pool) as conn:
        case = await find_context(conn, await agreements.get(conn, held.id))
        note = await make_note(
            conn, office.bob, content="<p>Merci !</p>", audience="direct", in_reply_to_uri=office.tent.uri,
            mention_ids=(office.alice.id,),
        )  # fmt: skip
        await keep_thanks(conn, case, office.bob, note)
        await posts.delete(conn, note.id)

    await office.deliver()

    [message] = office.postman.taken
    assert "remercie" not in read_parts(message)[0]
