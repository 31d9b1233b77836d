"""Who can settle a report or answer a request is written to at once, about what waits still, and reminded of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest

from federation.instance import Instance
from models.moderation.reports import Report, Settlement
from models.news import news_mails, staff_notifications
from models.people import sign_ups
from models.people.actors import Actor
from models.people.sign_ups import NewSignUp
from models.settings import Settings
from models.store.database import Pool, execute, fetch_column, fetch_value, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from tests.factories import HERE, make_local_actor, make_member
from tests.web.mail_scenario import NOON
from tests.web.smtp_server import Postman, StandIn, open_post, read_parts
from web.mail.staff_mails import (
    LETTER,
    VISITOR,
    queue_answer,
    queue_receipt,
    remind_staff,
    schedule_staff_mails,
    send_staff_mail,
    send_to_visitor,
)

NIGHT = NOON.replace(hour=23)

LETTERS = {LETTER: send_staff_mail, VISITOR: send_to_visitor}


@dataclass(frozen=True)
class Team:
    """Mona moderates, Odile administers, Awa welcomes; Alice reports Hocine."""

    pool: Pool
    postman: Postman
    instance: Instance
    alice: Actor
    hocine: Actor
    mona: Actor

    async def report(self, target: Actor | None = None, reporter: Actor | None = None, **changes: Any) -> Report:
        complaint = Complaint(target=target or self.hocine, content="Il demande de l’argent.", **changes)
        async with transaction(self.pool) as conn:
            made = await reports.report(conn, HERE, reporter, complaint)
            await queue_receipt(conn, made)
        return made

    async def ask(self, username: str = "carole") -> None:
        async with transaction(self.pool) as conn:
            new = NewSignUp(
                username=username,
                email=f"{username}@example.org",
                password_hash="x",
                name=username.capitalize(),
                language="fr",
                commune_code=None,
            )
            await staff_notifications.notify_of_sign_up(conn, (await sign_ups.save(conn, new)).id)

    async def run(self, at: Any = NOON) -> list[str]:
        """Everything that is due; to whom mails went since the last look."""
        before = len(self.postman.taken)
        for name in (staff_notifications.JOB, LETTER, VISITOR):
            async with transaction(self.pool) as conn:
                payloads = await fetch_column(
                    conn,
                    "DELETE FROM pgqueuer WHERE entrypoint = $1 AND execute_after <= now() RETURNING payload",
                    name,
                )
            for payload in payloads:
                values = msgspec.json.decode(payload)
                if name == staff_notifications.JOB:
                    await schedule_staff_mails(self.instance, values, at)
                else:
                    await LETTERS[name](self.instance, values)
        return sorted(mail["To"].partition("@")[0] for mail in self.postman.taken[before:])


@pytest.fixture
async def team(pool: Pool) -> AsyncIterator[Team]:
    async with open_post() as postman:
        async with transaction(pool) as conn:
            await make_local_actor(conn, "instance", type="Application")
            alice, hocine = await make_member(conn, name="Maryse"), await make_member(conn, "hocine", name="Hocine")
            mona = await make_member(conn, "mona", roles=["moderator"], name="Mona")
            await make_member(conn, "odile", roles=["admin"], name="Odile")
            await make_member(conn, "awa", roles=["welcome"], name="Awa")
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test")
        yield Team(pool, postman, cast(Instance, StandIn(pool, settings)), alice, hocine, mona)


async def test_a_report_is_told_at_once_also_at_night_and_says_about_whom_and_where_it_is_settled(team: Team) -> None:
    await team.report(reporter=team.alice)

    assert await team.run(NIGHT) == ["mona", "odile"]

    mail = team.postman.taken[0]
    text, html = read_parts(mail)
    assert mail["Subject"] == "lomme.test : un signalement à regarder"
    for body in (text, html):
        assert "Hocine" in body and "Il demande de l’argent." in body and "/coop/signalements" in body
        assert "Maryse" not in body
    assert "\n\n\n" not in text


async def test_a_flood_is_one_mail_more_and_what_was_settled_meanwhile_is_not_told(team: Team) -> None:
    await team.report()
    await team.run()
    for _ in range(3):
        made = await team.report()
    async with transaction(team.pool) as conn:
        await reports.settle(conn, made.id, Settlement(by=team.mona.id))

    assert await team.run() == []
    async with transaction(team.pool) as conn:
        waits = await fetch_value(
            conn, "SELECT max(execute_after) - now() FROM pgqueuer WHERE entrypoint = 'staff_mail'"
        )
        assert timedelta(minutes=9) < waits <= timedelta(minutes=10)
        await execute(conn, "UPDATE pgqueuer SET execute_after = now()")
    assert await team.run() == ["mona", "odile"]
    assert "2 signalements" in team.postman.taken[-1]["Subject"]


async def test_whoever_is_reported_or_reports_gets_no_mail_about_it(team: Team) -> None:
    await team.report(team.mona)
    assert await team.run() == ["odile"]
    async with transaction(team.pool) as conn:
        await execute(conn, "DELETE FROM staff_mailing")

    await team.report(reporter=team.mona)

    assert await team.run() == ["odile"]


async def test_whose_role_or_account_is_gone_gets_none(team: Team) -> None:
    await team.report()
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", team.mona.id)

    assert await team.run() == ["odile"]


async def test_what_nobody_settles_is_told_to_administrators_after_three_days_and_then_each_week(team: Team) -> None:
    await team.report()
    await team.ask()
    await team.run()
    await remind_staff(team.instance)
    assert await team.run() == []

    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE report SET created_at = now() - interval '73 hours'")
        await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '73 hours'")
    await remind_staff(team.instance)
    assert await team.run() == ["odile", "odile"]
    assert any("attend depuis des jours" in mail["Subject"] for mail in team.postman.taken[-2:])

    await remind_staff(team.instance)
    assert await team.run() == []
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE report SET reminded_at = now() - interval '8 days'")
    await remind_staff(team.instance)
    assert await team.run() == ["odile"]


async def test_a_request_to_join_is_told_by_day_and_at_night_in_the_morning(team: Team) -> None:
    await team.ask()

    assert await team.run(NIGHT) == []
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE pgqueuer SET execute_after = now()")
    assert await team.run(NOON) == ["awa", "odile"]
    text, _ = read_parts(team.postman.taken[0])
    assert "Carole, carole@example.org" in text and "/coop/demandes" in text


async def test_an_answered_request_is_told_to_nobody(team: Team) -> None:
    await team.ask()
    async with transaction(team.pool) as conn:
        await sign_ups.remove(conn, await fetch_value(conn, "SELECT id FROM sign_up"), welcome=False)
        assert await fetch_value(conn, "SELECT count(*) FROM notification") == 0

    assert await team.run() == []


async def test_a_visitor_who_left_an_address_is_told_that_it_came_and_what_became_of_it(team: Team) -> None:
    made = await team.report(email="lea@example.org", language="fr")
    assert "lea" in await team.run()
    receipt = next(mail for mail in team.postman.taken if mail["To"] == "lea@example.org")
    assert receipt["Subject"] == "lomme.test : votre signalement est arrivé"
    assert "argent" not in receipt.as_string()

    async with transaction(team.pool) as conn:
        settled = await reports.settle(
            conn, made.id, Settlement(by=team.mona.id, note="Secret.", answer="C’est retiré.")
        )
        await queue_answer(conn, settled)
    assert await team.run() == ["lea"]
    text, html = read_parts(team.postman.taken[-1])
    assert all("C’est retiré." in body and "Secret." not in body for body in (text, html))


async def test_a_mail_that_does_not_leave_is_seen_by_administrators(team: Team) -> None:
    team.postman.refusal = "550 no such person"
    await team.report()
    await team.run()

    async with transaction(team.pool) as conn:
        assert {one.kind for one in await news_mails.list_failed(conn)} == {"staff_reports"}
