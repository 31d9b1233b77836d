"""What nobody settled is told to administrators again, and a visitor who reported hears what came of it."""

from collections.abc import AsyncIterator

import pytest

from models.moderation.reports import Settlement
from models.news import staff_preferences, unsent_mails
from models.store.database import Pool, execute, transaction
from outbox.moderation import reports
from tests.web.mail.team_scenario import Team, open_team
from tests.web.smtp_server import read_parts
from web.mail.staff_mails import queue_answer, remind_staff


@pytest.fixture
async def team(pool: Pool) -> AsyncIterator[Team]:
    async with open_team(pool) as team:
        yield team


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
    told = {str(mail["Subject"]): read_parts(mail) for mail in team.postman.taken[-2:]}
    assert any("attend depuis des jours" in subject for subject in told)
    bodies = next(bodies for subject, bodies in told.items() if "devenir membre" in subject)
    assert all("Personne ne lui a répondu depuis plus de 3 jours" in " ".join(body.split()) for body in bodies)

    await remind_staff(team.instance)
    assert await team.run() == []
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE report SET reminded_at = now() - interval '8 days'")
    await remind_staff(team.instance)
    assert await team.run() == ["odile"]


async def test_who_wants_to_hear_nothing_is_not_reminded_unless_all_want_that(team: Team) -> None:
    async with transaction(team.pool) as conn:
        assert await staff_preferences.list_told(conn, "reports", "reports") == [team.mona.id, team.odile.id]
        await staff_preferences.save(conn, team.mona.id, {"reports": "never"})
        assert await staff_preferences.list_told(conn, "reports", "reports") == [team.odile.id]
        await staff_preferences.save(conn, team.odile.id, {"reports": "never"})
        assert await staff_preferences.list_told(conn, "reports", "reports") == [team.mona.id, team.odile.id]


async def test_a_visitor_who_left_an_address_is_told_that_it_came_and_what_became_of_it(team: Team) -> None:
    made = await team.report(email="lea@example.org", language="fr")
    assert "lea" in await team.run()
    receipt = next(mail for mail in team.postman.taken if mail["To"] == "lea@example.org")
    assert receipt["Subject"] == "lomme.test : votre signalement est arrivé"
    assert "argent" not in receipt.as_string()
    assert all("https://lomme.test/signalement/" in body for body in read_parts(receipt))

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
        assert {one.kind for one in await unsent_mails.list_failed(conn)} == {"staff_news"}
