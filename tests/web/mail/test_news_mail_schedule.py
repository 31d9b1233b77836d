"""News by mail: whom they reach, when, once, and not when they were read meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from federation.instance import Instance
from models.errors import Unfinished
from models.exchanges import exchanges
from models.news import mail_preferences, unsent_mails
from models.people import accounts
from models.settings import Settings
from models.store.database import Connection, connection, execute, fetch_column, transaction
from outbox.posts.notes import NoteDraft, publish
from outbox.posts.poll_figures import end_polls
from outbox.posts.polls import PollDraft
from tests.factories import make_listing, make_member, make_note
from tests.web.mail_scenario import LATER, NOON, Clock, Office
from tests.web.smtp_server import StandIn, read_parts
from web.mail.news_mail_schedule import schedule_news_mails
from web.mail.send_times import MORNING, is_night, list_due


async def test_a_message_is_told_once_after_a_few_minutes(office: Office) -> None:
    await office.write()

    early = await office.deliver(NOON + timedelta(minutes=2))
    made = await office.deliver()
    again = await office.deliver(LATER + timedelta(minutes=10))

    assert (early, made, again) == (0, 1, 0)
    [message] = office.postman.taken
    assert (message["To"], message["Subject"]) == ("alice@example.org", "Léonie vous a écrit : Tente quatre places")
    text, html = read_parts(message)
    thread = await office.thread()
    assert "Léonie vous a écrit" in text and "> Est-elle libre samedi ?" in text
    assert f"https://lomme.test/echanges/{thread.id}" in text and f"https://lomme.test/echanges/{thread.id}" in html
    assert "Est-elle libre samedi ?" in html and "<img" not in html


async def test_what_was_read_meanwhile_is_not_told(office: Office) -> None:
    message_id = await office.write()
    thread = await office.thread()
    async with transaction(office.pool) as conn:
        await exchanges.mark_read(conn, thread.id, office.alice.id, message_id)

    assert await office.deliver() == 0
    assert office.postman.taken == []


async def test_a_mail_that_waits_is_not_sent_once_its_kind_was_stopped(office: Office) -> None:
    await office.write()
    assert await schedule_news_mails(office.instance, LATER) == 1
    async with transaction(office.pool) as conn:
        await mail_preferences.save(conn, office.alice.id, {"messages": "never"})

    await office.run_jobs()

    assert office.postman.taken == []


async def test_what_was_read_in_an_app_is_not_told(office: Office) -> None:
    await office.write()
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE conversation SET unread = false WHERE owner_id = $1", office.alice.id)

    assert await office.deliver() == 0


async def test_what_fails_for_one_member_keeps_nobody_from_being_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.write()
    async with transaction(office.pool) as conn:
        carol = await make_member(conn, "carol")
        await mail_preferences.schedule(conn, carol.id, {"now": NOON - timedelta(days=1)})
    find = accounts.find

    async def stumble(conn: Connection, actor_id: int) -> accounts.Account | None:
        if actor_id == carol.id:
            raise ZeroDivisionError
        return await find(conn, actor_id)

    monkeypatch.setattr("models.people.accounts.find", stumble)

    with pytest.raises(Unfinished, match=f"member {carol.id}: ZeroDivisionError"):
        await office.deliver()
    await office.run_jobs()

    assert len(office.postman.taken) == 1
    async with connection(office.pool) as conn:
        assert await fetch_column(conn, "SELECT actor_id FROM mail_round") == [carol.id]


async def test_what_is_read_between_the_look_and_the_sending_is_not_told(office: Office) -> None:
    message_id = await office.write()
    thread = await office.thread()
    assert await schedule_news_mails(office.instance, LATER) == 1
    async with transaction(office.pool) as conn:
        await exchanges.mark_read(conn, thread.id, office.alice.id, message_id)

    await office.run_jobs()

    assert office.postman.taken == []
    async with connection(office.pool) as conn:
        assert await fetch_column(conn, "SELECT id FROM mail") == []


async def test_a_message_that_was_taken_back_is_not_told(office: Office) -> None:
    message_id = await office.write()
    assert await schedule_news_mails(office.instance, LATER) == 1
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now(), content = '' WHERE id = $1", message_id)

    await office.run_jobs()

    assert office.postman.taken == []


async def test_the_end_of_her_own_poll_is_told_as_she_chose(office: Office) -> None:
    asked = PollDraft(options=("Lundi", "Mardi"), expires_in=300)
    async with transaction(office.pool) as conn:
        await mail_preferences.save(conn, office.alice.id, {"posts": "now"})
        draft = NoteDraft(text="Quel jour ?", audience="network", poll=asked)
        await publish(conn, office.instance.site, office.alice, draft)
        await execute(conn, "UPDATE poll SET ends_at = now()")
    await end_polls(office.instance)
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE notification SET created_at = $1", NOON)

    assert await office.deliver() == 1

    [message] = office.postman.taken
    assert "Votre sondage est terminé" in read_parts(message)[0]


async def test_nobody_is_told_of_her_own_acts(office: Office) -> None:
    async with transaction(office.pool) as conn:
        thread = await exchanges.open(
            conn, listing_id=office.tent.id, owner_id=office.alice.id, partner_id=office.bob.id
        )
        await exchanges.add_event(conn, thread.id, "requested", actor_id=office.alice.id)

    assert await office.deliver() == 0


async def test_mails_of_the_night_wait_until_eight_and_become_one(office: Office) -> None:
    night = NOON.replace(hour=23)
    for number in range(3):
        await office.write(f"<p>Message {number}</p>", at=night)
    async with transaction(office.pool) as conn:
        drill = await make_listing(conn, office.alice, title="Perceuse")
        await make_note(
            conn, office.bob, audience="direct", in_reply_to_uri=drill.post.uri, mention_ids=(office.alice.id,),
            published_at=night,
        )  # fmt: skip
    at_night = await office.deliver(night + timedelta(minutes=10))
    morning = list_due(night)["now"]

    made = await office.deliver(morning)

    assert (at_night, made) == (0, 1)
    [message] = office.postman.taken
    text, _ = read_parts(message)
    assert "2 nouvelles pour vous" in message["Subject"]
    assert "Tente quatre places (et 2 autres nouvelles)" in text and "Perceuse" in text
    assert morning.astimezone().tzinfo is not None and not is_night(morning)


async def test_a_job_that_comes_by_night_waits_for_the_morning(office: Office) -> None:
    await office.write()
    assert await schedule_news_mails(office.instance, LATER) == 1

    await office.run_jobs(NOON.replace(hour=22))

    assert office.postman.taken == []
    [waiting] = await office.list_waiting()
    assert timedelta(hours=8) < waiting <= timedelta(hours=10)


async def test_likes_come_together_on_monday_and_one_may_choose_otherwise(office: Office) -> None:
    for name in ("zoe", "ali"):
        await office.like(name)
    assert await office.deliver() == 0
    monday = list_due(NOON)["weekly"]

    made = await office.deliver(monday)

    [message] = office.postman.taken
    text, html = read_parts(message)
    assert made == 1 and monday.weekday() == 0
    assert "Ali et Zoe aiment ce que vous avez publié : Tente quatre places" in text
    assert "Ali et Zoe aiment" in html
    assert await office.deliver(monday + timedelta(days=7)) == 0


async def test_whoever_wants_no_mails_of_a_kind_gets_none(office: Office) -> None:
    async with transaction(office.pool) as conn:
        await mail_preferences.save(conn, office.alice.id, {"messages": "never", "reactions": "daily"})
    await office.write()
    await office.like("zoe")

    made = await office.deliver(), await office.deliver(list_due(LATER)["daily"])

    [message] = office.postman.taken
    assert made == (0, 1)
    assert "Zoe aime" in read_parts(message)[0] and "vous a écrit" not in read_parts(message)[0]


async def test_mails_about_a_thread_are_one_thread(office: Office, clock: Clock) -> None:
    await office.write()
    await office.deliver()
    clock.at = LATER
    async with transaction(office.pool) as conn:
        thread = await office.thread()
        await exchanges.add_event(conn, thread.id, "requested", actor_id=office.bob.id)

    await office.deliver(LATER + timedelta(minutes=10))

    first, second = office.postman.taken
    assert [one["Subject"].partition(" :")[0] for one in (first, second)] == [
        "Léonie vous a écrit",
        "Léonie vous fait une demande",
    ]
    assert first["References"] == second["References"] == first["In-Reply-To"] == second["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    assert "vous fait une demande" in read_parts(second)[0] and "Est-elle libre" not in read_parts(second)[0]


async def test_a_mail_can_be_stopped_by_one_click_and_is_known_as_automatic(office: Office) -> None:
    await office.write()

    await office.deliver()

    [message] = office.postman.taken
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = message["List-Unsubscribe"].strip("<>")
    assert stop.startswith("https://lomme.test/courriels/arreter/") and stop in read_parts(message)[0]
    assert message["Auto-Submitted"] == "auto-generated"
    [raw] = office.postman.raw
    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in raw, "programs read no encoded address"
    assert raw.isascii()


async def test_a_mail_speaks_the_language_of_the_member(office: Office) -> None:
    await office.write()
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE account SET language = 'en'")

    await office.deliver()

    text, html = read_parts(office.postman.taken[0])
    assert "Léonie wrote to you" in text and '<html lang="en">' in html
    assert "vous" not in text


async def test_a_members_name_cannot_write_into_the_mail(office: Office) -> None:
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE actor SET name = $2 WHERE id = $1", office.bob.id, "L\r\nBcc: x@y.fr <b>")
    await office.write("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")

    await office.deliver()

    [message] = office.postman.taken
    assert message["Bcc"] is None and message["Subject"].startswith("L Bcc: x@y.fr <b> vous a écrit")
    assert "<script>" not in read_parts(message)[1] and "<b>" not in read_parts(message)[1].split("</h1>")[0]


async def test_without_a_mail_server_nothing_is_written_down(office: Office) -> None:
    await office.write()
    bare = replace(cast(StandIn, office.instance), settings=Settings())

    assert await schedule_news_mails(cast(Instance, bare), LATER) == 0

    async with connection(office.pool) as conn:
        assert await fetch_column(conn, "SELECT last_id FROM mail_cursor") == [0]


async def test_the_first_look_tells_nobody_of_what_was(office: Office) -> None:
    async with transaction(office.pool) as conn:
        await execute(conn, "DELETE FROM mail_cursor")
    await office.write()

    assert await office.deliver() == 0


async def test_somebody_whose_address_is_not_confirmed_is_not_written_to(office: Office) -> None:
    await office.write()
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL")

    assert await office.deliver() == 0
    async with connection(office.pool) as conn:
        assert not await unsent_mails.list_failed(conn)


@pytest.mark.parametrize(
    ("at", "now", "daily", "weekly"),
    [
        ("2027-03-24T12:00+00:00", "2027-03-24T12:00+00:00", "2027-03-25T07:00+00:00", "2027-03-29T06:00+00:00"),
        ("2027-03-27T20:30+00:00", "2027-03-28T06:00+00:00", "2027-03-28T06:00+00:00", "2027-03-29T06:00+00:00"),
        ("2027-10-31T03:00+00:00", "2027-10-31T07:00+00:00", "2027-10-31T07:00+00:00", "2027-11-01T07:00+00:00"),
        ("2027-07-05T05:59+00:00", "2027-07-05T06:00+00:00", "2027-07-05T06:00+00:00", "2027-07-05T06:00+00:00"),
        ("2027-07-05T06:00+00:00", "2027-07-05T06:00+00:00", "2027-07-06T06:00+00:00", "2027-07-12T06:00+00:00"),
        ("2027-07-05T18:59+00:00", "2027-07-05T18:59+00:00", "2027-07-06T06:00+00:00", "2027-07-12T06:00+00:00"),
    ],
)
def test_mornings_are_at_eight_by_the_clock_in_paris(at: str, now: str, daily: str, weekly: str) -> None:
    due = list_due(datetime.fromisoformat(at))

    assert [due["now"], due["daily"], due["weekly"]] == [datetime.fromisoformat(text) for text in (now, daily, weekly)]
    assert MORNING.hour == 8
