"""What waits for too long, of strangers or of the machinery, is told to those who settle it: once a day at most."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from models.coop.overdue import map_overdue
from models.news import news, staff_preferences, staff_troubles
from models.news.staff_alerts import UNMAILED
from models.people.team import duty
from models.store import backup_runs
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_activity
from tests.sample_village import Village
from tests.web.mail.team_scenario import Team, open_team
from tests.web.mail.test_team_choices import subscribe
from tests.web.pages.coop import pending_things as things
from tests.web.smtp_server import read_parts
from web.mail.news_mail_text import make_translate
from web.mail.send_times import next_morning
from web.news.items import list_lines
from web.server.worker.troubles import forget_settled, tell_troubles

DUE = next_morning(datetime.now(UTC)) - timedelta(days=1)
"""Eight o’clock of a day that has begun."""

ADDS = {
    "letters": things.add_letter,
    "servers": things.add_failing_server,
    "mails": things.add_stuck_mail,
    "chores": things.add_failing_chore,
}

AGES = {
    "letters": "UPDATE message_request SET received_at = now() - $1::interval",
    "servers": "WITH down AS (UPDATE server SET unavailable_since = now() - $1::interval) "
    "UPDATE delivery SET created_at = now() - $1::interval",
    "mails": "UPDATE mail SET created_at = now() - $1::interval",
    "chores": "UPDATE chore_trouble SET since = now() - $1::interval",
}

SETTLES = {
    "letters": "UPDATE message_request SET accepted_at = now()",
    "servers": "DELETE FROM delivery",
    "mails": "UPDATE mail SET cause = NULL",
    "chores": "DELETE FROM chore_trouble",
}

BEFORE, AFTER = timedelta(hours=23), timedelta(hours=25)


@pytest.fixture
async def team(pool: Pool) -> AsyncIterator[Team]:
    async with open_team(pool) as team:
        async with transaction(pool) as conn:
            await things.add_backup(conn)
        yield team


async def add(team: Team, conn: Connection, kind: str, age: timedelta) -> None:
    """One more of it, so old; a delivery waits for each server in trouble."""
    people = cast(Village, SimpleNamespace(alice=team.alice, hocine=team.hocine))
    await ADDS[kind](conn, people)
    if kind == "servers":
        await execute(
            conn,
            "INSERT INTO delivery (activity_id, actor_id, inbox, host, state) "
            "SELECT $1, $2, 'https://' || host || '/inbox', host, 'held' FROM server ORDER BY host DESC LIMIT 1",
            await make_activity(conn, team.alice),
            team.alice.id,
        )
    await execute(conn, AGES[kind], age)


async def wait(team: Team, kind: str, age: timedelta = AFTER) -> None:
    async with transaction(team.pool) as conn:
        await add(team, conn, kind, age)


async def list_told(team: Team) -> list[str]:
    """Who has news of what waits for too long."""
    async with connection(team.pool) as conn:
        return await fetch_column(
            conn,
            "SELECT DISTINCT username FROM notification n JOIN actor a ON a.id = n.recipient_id "
            "WHERE n.type = ANY($1) ORDER BY 1",
            [*staff_troubles.TYPES.values()],
        )


async def list_rung(team: Team) -> list[int]:
    """What apps are told of."""
    async with connection(team.pool) as conn:
        return await fetch_column(conn, "SELECT id FROM pgqueuer WHERE entrypoint = 'push'")


async def spend(team: Team, days: int) -> None:
    """So much time goes by for what was told."""
    await team.pool.execute("UPDATE notification SET created_at = created_at - make_interval(days => $1)", days)
    await team.age(24 * days)


@pytest.mark.parametrize("kind", ADDS)
async def test_what_waits_for_a_day_is_told_once_until_it_is_settled_and_again_each_week(team: Team, kind: str) -> None:
    await wait(team, kind, BEFORE)
    await tell_troubles(team.instance, DUE)
    assert await list_told(team) == []

    await team.pool.execute(AGES[kind], AFTER)
    await tell_troubles(team.instance, DUE)
    settling = ["mona", "odile"] if kind == "letters" else ["odile"]
    assert await list_told(team) == settling
    assert await team.look(DUE + timedelta(hours=1)) == (settling if kind != "mails" else [])
    await tell_troubles(team.instance, DUE)
    assert await team.look(DUE + timedelta(hours=3)) == [], "of the same thing nobody is told twice"

    await spend(team, 6)
    await team.pool.execute(AGES[kind], AFTER + timedelta(days=6))
    await tell_troubles(team.instance, DUE)
    assert await team.look(DUE + timedelta(hours=3)) == []
    await spend(team, 1)
    await team.pool.execute(AGES[kind], AFTER + timedelta(days=7))
    await tell_troubles(team.instance, DUE)
    assert await team.look(DUE + timedelta(hours=3)) == (settling if kind != "mails" else [])

    await team.pool.execute(SETTLES[kind])
    await forget_settled(team.instance)
    assert await list_told(team) == []


async def test_one_more_thing_of_a_kind_is_told_the_next_day(team: Team) -> None:
    await wait(team, "chores")
    await tell_troubles(team.instance, DUE)
    assert await team.look(DUE + timedelta(hours=1)) == ["odile"]
    await spend(team, 2)
    async with transaction(team.pool) as conn:
        await ADDS["chores"](conn, cast(Village, None))
        await execute(
            conn,
            "UPDATE chore_trouble SET since = now() - interval '25 hours' WHERE since > now() - $1::interval",
            BEFORE,
        )

    await tell_troubles(team.instance, DUE)

    assert await team.look(DUE + timedelta(hours=3)) == ["odile"]
    assert "2 tâches" in read_parts(team.postman.taken[-1])[0]


async def test_all_of_a_morning_is_one_mail_that_says_where_to_settle_it(team: Team) -> None:
    for kind in ("letters", "servers", "chores", "mails"):
        await wait(team, kind)
    await tell_troubles(team.instance, DUE)

    assert await team.look(DUE + timedelta(minutes=1)) == ["mona", "odile"]

    mails = {mail["To"].partition("@")[0]: read_parts(mail) for mail in team.postman.taken}
    for body in mails["odile"]:
        assert "libercourt0.test ne reçoit plus rien" in body and "/coop/serveurs/libercourt0.test" in body
        assert "n’y arrive pas" in body and "/coop/serveurs#routine" in body
        assert "Un message d’une personne inconnue attend" in body and "/coop/inconnus" in body
        assert "courriel n’est pas parti" not in body
    assert "ne reçoit plus rien" not in mails["mona"][0]


async def test_what_is_settled_before_the_morning_or_by_the_time_of_the_mail_is_not_told(team: Team) -> None:
    await wait(team, "chores")
    await wait(team, "letters")
    await tell_troubles(team.instance, DUE)
    await team.pool.execute(SETTLES["chores"])
    await forget_settled(team.instance)
    assert await list_told(team) == ["mona", "odile"]
    await team.pool.execute(SETTLES["letters"])

    assert await team.look(DUE + timedelta(hours=1)) == []


async def test_a_server_for_which_nothing_waits_is_no_trouble(team: Team) -> None:
    async with transaction(team.pool) as conn:
        await ADDS["servers"](conn, cast(Village, None))
        assert await map_overdue(conn) == {}


BACKUPS = [
    (timedelta(hours=25), timedelta(days=31), False, False),
    (timedelta(hours=27), timedelta(days=31), False, True),
    (timedelta(hours=25), timedelta(days=33), False, True),
    (timedelta(hours=25), timedelta(), True, True),
    (timedelta(hours=25), None, False, False),
]
"""How old the last one is, and the last that was proven, whether it proved to be bad, and whether that is told."""


async def test_a_backup_is_told_of_as_late_as_the_page_says(team: Team) -> None:
    async with transaction(team.pool) as conn:
        for made, proven, bad, told in BACKUPS:
            await things.add_backup(conn, age=made, proven=proven, failed=bad)
            assert ("backup" in await map_overdue(conn)) is told, (made, proven, bad)


async def test_a_copy_that_does_not_arrive_is_told_once_however_often_it_fails(team: Team) -> None:
    async with transaction(team.pool) as conn:
        await things.add_backup(conn, age=timedelta(hours=1), proven=timedelta(days=1), failed=False)
        for place in ("/mnt/disk", "/mnt/other", "/mnt/disk"):
            await backup_runs.note(conn, "copy", place, seconds=1, failure=None if place == "/mnt/other" else "full")
        await execute(
            conn,
            "UPDATE backup_run SET ended_at = now() - interval '30 hours' WHERE id = $1",
            await fetch_value(conn, "SELECT min(id) FROM backup_run WHERE kind = 'copy'"),
        )
        first = (await map_overdue(conn))["backup"]
        await backup_runs.note(conn, "backup", "/var", seconds=1)
        await execute(conn, "UPDATE backup_run SET ended_at = now() + interval '1 second' WHERE folder = '/var'")
        settled = "backup" not in await map_overdue(conn)

    assert datetime.now(UTC) - first > timedelta(hours=29) and settled


async def test_a_cooperative_without_any_backup_is_told_a_day_after_it_began(team: Team) -> None:
    async with transaction(team.pool) as conn:
        await execute(conn, "DELETE FROM backup_run")
        assert await map_overdue(conn) == {}
        await execute(conn, "UPDATE account SET created_at = now() - interval '27 hours'")
    await tell_troubles(team.instance, DUE)

    assert await team.look(DUE + timedelta(hours=1)) == ["odile"]
    text = read_parts(team.postman.taken[-1])[0]
    assert "Aucune sauvegarde n’a encore été faite" in text and "/coop/serveurs#sauvegardes" in text
    async with connection(team.pool) as conn:
        rows = await news.list_news(conn, team.odile.id)
        [line] = await list_lines(conn, team.instance.site, make_translate("fr"), team.odile.id, rows)
    assert (line.words, line.href) == ("Aucune sauvegarde n’a encore été faite", "/coop/serveurs#sauvegardes")
    assert line.unread and line.icon == "warning"


async def test_telephone_and_mail_wait_for_the_morning(team: Team) -> None:
    await subscribe(team, team.odile)
    await wait(team, "chores")

    await tell_troubles(team.instance, next_morning(datetime.now(UTC)) - timedelta(minutes=30))
    assert await team.look(DUE.replace(hour=4)) == [] and await list_told(team) == ["odile"]
    assert await list_rung(team) == []
    await team.age(24)
    await team.pool.execute("INSERT INTO staff_choice VALUES ($1, 'servers', 'daily')", team.odile.id)
    assert await team.look(DUE) == ["odile"], "who wants one mail each morning has it in that one"


@pytest.mark.parametrize("rhythm", staff_preferences.RHYTHMS)
async def test_of_mails_that_do_not_leave_the_telephone_tells_alone(
    team: Team, rhythm: staff_preferences.StaffRhythm
) -> None:
    assert {"mails_stuck"} == UNMAILED
    await subscribe(team, team.odile)
    async with transaction(team.pool) as conn:
        await staff_preferences.save(conn, team.odile.id, {"servers": rhythm})
    await wait(team, "mails")

    await tell_troubles(team.instance, DUE)

    assert await team.look(DUE + timedelta(hours=1)) == [] and await list_told(team) == ["odile"]
    async with connection(team.pool) as conn:
        assert await fetch_column(conn, "SELECT kind FROM staff_alert") == []
    assert len(await list_rung(team)) == (rhythm != "never")


async def test_those_on_duty_are_told_first_of_what_strangers_wrote(team: Team) -> None:
    async with transaction(team.pool) as conn:
        now = datetime.now(UTC)
        await duty.take(conn, await team.account(team.mona), "moderator", duty.find_week(now), now)
    await wait(team, "letters")
    await tell_troubles(team.instance, DUE)

    assert await team.look(DUE + timedelta(hours=1)) == ["mona"]
    await team.age(24)
    assert await team.look(DUE + timedelta(hours=2)) == ["odile"]
