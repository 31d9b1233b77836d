"""Who can settle something is told at once where she wants it, in few mails, and those on duty before the others."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from models.moderation.reports import Settlement
from models.news import staff_alerts, staff_notifications, staff_preferences
from models.news.staff_notifications import Topic
from models.people import sign_ups
from models.people.team import duty
from models.store.database import Pool, execute, fetch_column, fetch_value, transaction
from outbox.moderation import reports
from tests.web.mail.team_scenario import NIGHT, Team, open_team
from tests.web.mail_scenario import NOON
from tests.web.smtp_server import read_parts
from web.mail import staff_alerts as mails
from web.mail.staff_alerts import MOST_AT_ONCE, tell_team_member

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
async def team(pool: Pool) -> AsyncIterator[Team]:
    async with open_team(pool) as team:
        yield team


async def test_a_report_is_told_at_once_also_at_night_and_says_about_whom_and_where_it_is_settled(team: Team) -> None:
    await team.report(reporter=team.alice)

    assert await team.run(NIGHT) == ["mona", "odile"]

    mail = team.postman.taken[0]
    text, html = read_parts(mail)
    assert mail["Subject"] == "lomme.test : un signalement à regarder"
    for body in (text, html):
        assert "Hocine" in body and "Il demande de l’argent." in body and "/coop/signalements" in body
        assert "Maryse" not in body and "/compte/courriels#equipe" in body
    assert "\n\n\n" not in text


async def test_a_flood_is_few_mails_and_what_was_settled_meanwhile_is_not_told(team: Team) -> None:
    for _ in range(MOST_AT_ONCE):
        await team.report()
        assert await team.run() == ["mona", "odile"]
        await team.pool.execute("UPDATE notification SET created_at = created_at - interval '11 minutes'")

    made = [await team.report() for _ in range(3)]
    assert await team.run() == []
    async with transaction(team.pool) as conn:
        await reports.settle(conn, made[0].id, Settlement(by=team.mona.id))

    assert await team.look(NOON + timedelta(minutes=59)) == []
    assert await team.look(NOON + timedelta(minutes=61)) == ["mona", "odile"]
    text, _ = read_parts(team.postman.taken[-1])
    assert f"{MOST_AT_ONCE + 2} signalements à propos de Hocine attendent l’équipe" in text
    assert await team.look(NOON + timedelta(hours=3)) == []


async def test_of_a_flood_the_latest_are_named_and_the_others_counted(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "LOOKED_AT", 2)
    monkeypatch.setattr(mails, "MOST", 1)
    for target in (team.hocine, team.alice, team.awa):
        await team.report(target)

    assert await team.run() == ["mona", "odile"]
    assert "3 signalements" in team.postman.taken[-1]["Subject"]
    assert "et 2 autres choses" in read_parts(team.postman.taken[-1])[0]


async def test_what_is_not_urgent_is_one_mail_an_hour_over_all_subjects_and_none_at_night(team: Team) -> None:
    async with transaction(team.pool) as conn:
        held = await fetch_value(conn, "INSERT INTO moderation_case (id, actor_id, actor_name) "
            "VALUES (1, $1, 'Hocine') RETURNING id", team.hocine.id)  # fmt: skip
        await staff_notifications.notify_team(conn, "held_post", Topic(case_id=held))
    assert await team.run(NIGHT) == []
    assert await team.look(NOON) == ["mona", "odile"]
    assert "Une publication de Hocine attend un regard" in read_parts(team.postman.taken[-1])[0]

    async with transaction(team.pool) as conn:
        await staff_notifications.notify_team(conn, "coop_follow", Topic(actor_id=team.alice.id))
        await staff_notifications.notify_team(conn, "held_post", Topic(case_id=held), but=[team.mona.id])
    assert await team.look(NOON + timedelta(minutes=50)) == []
    await team.report(team.alice)
    assert await team.run(NOON + timedelta(minutes=51)) == ["mona", "odile"]
    mails = {mail["To"].partition("@")[0]: read_parts(mail)[0] for mail in team.postman.taken[-2:]}
    assert "publication de Hocine" in mails["odile"] and "Maryse attend l’équipe" in mails["odile"]
    assert "Hocine" not in mails["mona"]
    assert await team.look(NOON + timedelta(hours=3)) == []


async def test_each_chooses_at_once_each_morning_or_never_for_every_subject(team: Team) -> None:
    async with transaction(team.pool) as conn:
        await staff_preferences.save(conn, team.mona.id, {"reports": "daily"})
        await staff_preferences.save(conn, team.odile.id, {"reports": "never"})
    await team.report()
    await team.ask()

    assert await team.run(datetime.now(UTC)) == ["awa", "odile"]
    assert await team.look(TOMORROW.replace(hour=5)) == []
    assert await team.look(TOMORROW) == ["mona"]
    assert await team.look(TOMORROW + timedelta(hours=2)) == []


async def test_whoever_is_reported_or_reports_gets_no_mail_about_it(team: Team) -> None:
    await team.report(team.mona)
    assert await team.run() == ["odile"]

    await team.report(reporter=team.mona)

    assert await team.run() == ["odile"]


async def test_a_case_is_told_to_nobody_whom_it_is_about_or_who_did_it(team: Team) -> None:
    async with transaction(team.pool) as conn:
        await execute(conn, "INSERT INTO moderation_case (id, actor_id) VALUES (1, $1)", team.mona.id)
        told = await staff_notifications.notify_team(conn, "appeal", Topic(case_id=1))
        assert told == [team.odile.id]
        assert await staff_notifications.notify_team(conn, "appeal", Topic(case_id=1), but=[team.odile.id]) == []
        asked = await staff_notifications.notify_team(conn, "second_asked", Topic(case_id=1), to=[team.mona.id])
        assert asked == []


async def test_a_job_of_an_older_version_that_names_nobody_tells_all(team: Team) -> None:
    await team.report()
    await tell_team_member(team.instance, {"kind": "reports"}, NOON)

    assert await team.run() == ["mona", "odile"]


async def test_whose_role_or_account_is_gone_or_who_has_read_it_gets_none(team: Team) -> None:
    await team.report()
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", team.mona.id)
    assert await team.run() == ["odile"]

    await team.report()
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE notification SET read_at = now()")
    assert await team.run() == []


async def test_a_request_to_join_is_told_at_once_and_one_that_is_answered_to_nobody(team: Team) -> None:
    await team.ask()

    assert await team.run(NIGHT) == ["awa", "odile"]
    text, _ = read_parts(team.postman.taken[0])
    assert team.postman.taken[0]["Subject"] == "lomme.test : une personne demande à devenir membre"
    assert "Carole demande à devenir membre : carole@example.org" in text and "/coop/demandes" in text

    asked = await team.ask("dora")
    async with transaction(team.pool) as conn:
        await sign_ups.remove(conn, asked, welcome=False)
    assert await team.run() == []
    async with transaction(team.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM staff_alert") == 0


async def test_who_is_on_duty_is_told_first_and_the_others_where_nobody_settles_it(team: Team) -> None:
    async with transaction(team.pool) as conn:
        week = duty.find_week(datetime.now(UTC))
        await duty.take(conn, await team.account(team.mona), "moderator", week, datetime.now(UTC))
    await team.report()
    await team.ask()

    assert await team.look() == ["awa", "mona", "odile"]
    odiles = next(mail for mail in team.postman.taken if mail["To"].startswith("odile"))
    assert "signalement" not in read_parts(odiles)[0]
    await team.age(1)
    assert await team.look(NOON + timedelta(minutes=1)) == []
    await team.age(1)
    assert await team.look(NOON + timedelta(minutes=2)) == ["odile"]
    async with transaction(team.pool) as conn:
        told = await fetch_column(conn, "SELECT recipient_id FROM notification WHERE type = 'admin.report'")
    assert set(told) == {team.mona.id, team.odile.id}, "news are everybody's at once"


async def test_who_is_on_duty_but_wants_to_hear_nothing_of_it_keeps_nobody_waiting(team: Team) -> None:
    async with transaction(team.pool) as conn:
        now = datetime.now(UTC)
        await duty.take(conn, await team.account(team.mona), "moderator", duty.find_week(now), now)
        await staff_preferences.save(conn, team.mona.id, {"reports": "never"})

    await team.report()

    assert await team.run() == ["odile"]


async def test_a_report_about_who_is_on_duty_goes_to_the_others_at_once(team: Team) -> None:
    async with transaction(team.pool) as conn:
        week = duty.find_week(datetime.now(UTC))
        await duty.take(conn, await team.account(team.mona), "moderator", week, datetime.now(UTC))

    await team.report(team.mona)

    assert await team.run() == ["odile"]


async def test_more_reports_of_one_person_do_not_put_off_when_the_others_are_told(team: Team) -> None:
    async with transaction(team.pool) as conn:
        now = datetime.now(UTC)
        await duty.take(conn, await team.account(team.mona), "moderator", duty.find_week(now), now)
        await staff_preferences.save(conn, team.mona.id, {"reports": "daily"})
    for _ in range(2):
        await team.report()
        assert await team.run(datetime.now(UTC)) == []
        await team.age(hours=1)
        await team.pool.execute("UPDATE notification SET created_at = created_at - interval '1 hour'")

    assert await team.look(datetime.now(UTC)) == ["odile"]


async def test_who_wrote_again_does_not_put_off_when_the_others_are_told(team: Team) -> None:
    async with transaction(team.pool) as conn:
        now = datetime.now(UTC)
        await duty.take(conn, await team.account(team.awa), "welcome", duty.find_week(now), now)
    asked = await team.ask()
    assert await team.run() == ["awa"]
    await team.age(hours=23)
    async with transaction(team.pool) as conn:
        await staff_notifications.notify_of_sign_up_message(conn, asked)
    assert await team.run() == ["awa"]
    await team.age(hours=1)

    assert await team.look() == ["odile"]


async def test_who_is_on_duty_but_away_keeps_nobody_waiting(team: Team) -> None:
    async with transaction(team.pool) as conn:
        now = datetime.now(UTC)
        await duty.take(conn, await team.account(team.mona), "moderator", duty.find_week(now), now)
        await execute(conn, "UPDATE actor SET away_until = now() + interval '3 days' WHERE id = $1", team.mona.id)

    await team.report()

    assert await team.run() == ["mona", "odile"]


CHANGES = {
    "nothing changes": ("SELECT", False),
    "another one has the week too": ("INSERT INTO duty SELECT week, 'welcome', $2 FROM duty", False),
    "she gives back her week": ("DELETE FROM duty", True),
    "she is suspended": ("UPDATE actor SET suspended_at = now() WHERE id = $1", True),
    "she loses her role": ("UPDATE account SET roles = '{}' WHERE actor_id = $1", True),
    "her account is closed": ("UPDATE account SET disabled_at = now() WHERE actor_id = $1", True),
    "she goes away": ("UPDATE actor SET away_until = now() + interval '1 day' WHERE id = $1", True),
    "she wants to hear nothing": ("INSERT INTO staff_choice VALUES ($1, 'reports', 'never')", True),
    "her week is over": ("UPDATE duty SET week = week - 7", True),
    "the other one is on duty now": ("INSERT INTO duty SELECT week, 'admin', $2 FROM duty", True),
}


async def test_who_is_on_duty_no_more_keeps_nobody_waiting(team: Team) -> None:
    now = datetime.now(UTC)
    async with transaction(team.pool) as conn:
        await duty.take(conn, await team.account(team.mona), "moderator", duty.find_week(now), now)
    await team.report()
    assert await team.look() == ["mona"]

    hastened = {}
    async with transaction(team.pool) as conn:
        for change, (statement, _) in CHANGES.items():
            await execute(conn, "SAVEPOINT before")
            numbered = [id for id, name in ((team.mona.id, "$1"), (team.odile.id, "$2")) if name in statement]
            await execute(conn, statement.replace("$2", "$1") if "$1" not in statement else statement, *numbered)
            await staff_alerts.hasten_unheard(conn, now)
            hastened[change] = await staff_alerts.list_due_recipients(conn) == [team.odile.id]
            await execute(conn, "ROLLBACK TO before")
    assert hastened == {change: told for change, (_, told) in CHANGES.items()}

    await team.pool.execute("DELETE FROM duty")
    assert await team.look(NOON + timedelta(minutes=1)) == ["odile"]
