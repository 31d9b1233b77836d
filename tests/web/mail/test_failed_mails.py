"""Mails that do not leave: tried again while that is safe, never sent twice, and seen by the administrators."""

from datetime import timedelta
from typing import cast

import pytest

from federation.instance import Instance
from models.coop import pending_operation
from models.news import news_mails, unsent_mails
from models.people import accounts
from models.settings import Settings
from models.store.database import Pool, connection, execute, fetch_column, fetch_records, transaction
from tests.web.mail_scenario import LATER, Office
from tests.web.smtp_server import StandIn
from web.mail import account_mails
from web.mail.news_mail_schedule import schedule_news_mails
from web.mail.send_times import next_try
from web.mail.smtp import MailCause, MailRefused


async def list_states(pool: Pool) -> list[tuple[str, str | None, int]]:
    async with connection(pool) as conn:
        rows = await fetch_records(conn, "SELECT state, cause, attempts FROM mail ORDER BY id")
    return [(row["state"], row["cause"], row["attempts"]) for row in rows]


async def test_a_server_that_is_busy_is_tried_again_and_the_mail_arrives_once(office: Office) -> None:
    await office.write()
    office.postman.refusal = "451 not now"
    await office.deliver()
    busy, [waiting] = await list_states(office.pool), await office.list_waiting()
    office.postman.refusal = ""

    await office.run_jobs()

    assert busy == [("waiting", "busy", 1)]
    assert timedelta(seconds=50) < waiting <= timedelta(minutes=1)
    assert await list_states(office.pool) == [("sent", None, 2)]
    assert len(office.postman.taken) == 1


async def test_a_server_that_is_away_is_given_up_after_a_day(office: Office) -> None:
    await office.write()
    await schedule_news_mails(office.instance, LATER)
    gone = cast(Instance, StandIn(office.pool, Settings(smtp_url="smtp://127.0.0.1:9?from=a@lomme.test")))
    away = Office(office.pool, office.postman, gone, office.alice, office.bob, office.tent)

    for _ in range(8):
        await away.run_jobs()

    assert await list_states(office.pool) == [("failed", "away", 8)]
    assert await office.list_waiting() == []
    assert next_try(7, LATER) is not None and next_try(8, LATER) is None


async def test_an_address_that_does_not_exist_is_not_tried_again_and_its_owner_sees_it(office: Office) -> None:
    await office.write()
    office.postman.refusal = "550 nobody of that name"

    await office.deliver()
    await office.write()
    later = await office.deliver(LATER + timedelta(minutes=10))

    assert later == 0
    assert await list_states(office.pool) == [("failed", "address", 1)]
    async with transaction(office.pool) as conn:
        assert await news_mails.is_refused(conn, office.alice.id)
        await accounts.set_email(conn, office.alice.id, "maryse@example.org")
        assert not await news_mails.is_refused(conn, office.alice.id)


async def test_a_mail_whose_worker_died_is_not_sent_twice_and_is_seen(office: Office) -> None:
    await office.write()
    await schedule_news_mails(office.instance, LATER)
    async with transaction(office.pool) as conn:
        [id] = await fetch_column(conn, "SELECT id FROM mail")
        assert await news_mails.claim(conn, id) is not None

    await office.run_jobs()

    assert office.postman.taken == []
    assert await list_states(office.pool) == [("failed", "interrupted", 1)]


async def test_a_server_that_falls_silent_over_a_mail_gets_it_once(office: Office) -> None:
    await office.write()
    office.postman.silent = True

    await office.deliver()
    office.postman.silent = False
    await office.run_jobs()

    assert len(office.postman.taken) == 1
    assert await list_states(office.pool) == [("failed", "interrupted", 1)]


async def test_the_same_job_twice_sends_one_mail(office: Office) -> None:
    await office.write()
    await schedule_news_mails(office.instance, LATER)
    async with transaction(office.pool) as conn:
        await execute(
            conn,
            "INSERT INTO pgqueuer (priority, entrypoint, payload, status, created, updated)"
            " SELECT priority, entrypoint, payload, status, created, updated FROM pgqueuer",
        )

    await office.run_jobs()

    assert len(office.postman.taken) == 1
    assert await list_states(office.pool) == [("sent", None, 1)]


async def test_a_log_in_link_that_does_not_leave_is_seen_until_it_does(office: Office) -> None:
    payload = {"kind": "login", "actor_id": office.alice.id, "return_to": "/"}
    office.postman.refusal = "451 not now"
    for _ in range(2):
        with pytest.raises(MailRefused):
            await account_mails.send_mail(office.instance, payload)
    async with connection(office.pool) as conn:
        [stuck] = await unsent_mails.list_failed(conn)
        waiting = await pending_operation.find_mails(conn)
    office.postman.refusal = ""

    await account_mails.send_mail(office.instance, payload)

    assert (stuck.username, stuck.kind, stuck.cause, stuck.attempts) == ("alice", "login", MailCause.BUSY, 2)
    assert waiting is not None and (waiting.count, waiting.people) == (1, 1)
    async with connection(office.pool) as conn:
        assert await unsent_mails.list_failed(conn) == []


async def test_what_is_old_is_forgotten_and_what_was_lost_is_seen(office: Office) -> None:
    await office.write()
    await office.deliver()
    await office.write("<p>Encore</p>")
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE mail SET finished_at = now() - interval '8 days'")
        lost = await news_mails.create(conn, office.alice.id, "now", [])
        await execute(conn, "UPDATE mail SET created_at = now() - interval '4 days' WHERE id = $1", lost)

        assert await news_mails.forget_old(conn) == 1

    assert await list_states(office.pool) == [("failed", "interrupted", 0)]
