"""Every subject of the team, in every rhythm that somebody may choose: what reaches her, where and when."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from models.news import staff_notifications, staff_preferences
from models.news.notifications import NotificationType
from models.news.staff_notifications import Topic
from models.news.staff_preferences import KINDS, RHYTHMS, StaffKind, StaffRhythm
from models.people.actors import Actor
from models.store.database import Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_follow, make_local_actor, make_remote_actor
from tests.web.mail.team_scenario import Team, open_team
from tests.web.mail_scenario import NOON

YESTERDAY = NOON - timedelta(days=1)
"""Noon of a day that is over, so that what is due then is due by any clock."""

OF_KIND: dict[StaffKind, NotificationType] = {
    "appeals": "appeal",
    "confirmations": "second_asked",
    "held_posts": "held_post",
    "servers": "coop_follow",
    "duty": "handed_over",
}
"""What happens for these; the others have a way of their own."""


@pytest.fixture
async def team(pool: Pool) -> AsyncIterator[Team]:
    async with open_team(pool) as team:
        yield team


async def happen(team: Team, kind: StaffKind) -> None:
    """Something of this subject, about Hocine or by Alice."""
    if kind == "reports":
        await team.report(reporter=team.alice)
    elif kind == "sign_ups":
        await team.ask()
    else:
        async with transaction(team.pool) as conn:
            await execute(conn, "INSERT INTO moderation_case (id, actor_id, actor_name) VALUES (1, $1, 'Hocine')",
                team.hocine.id)  # fmt: skip
            await execute(conn, "INSERT INTO duty (week, role, actor_id, from_id) "
                "VALUES (date_trunc('week', now() AT TIME ZONE 'Europe/Paris')::date, 'admin', $1, $2)",
                team.odile.id, team.mona.id)  # fmt: skip
            neighbour = await make_remote_actor(conn, "coop", "henin.test", type="Organization", name="Hénin")
            await make_follow(conn, neighbour, await make_local_actor(conn, "coop", type="Organization"))
            done_by = {"duty": Topic(actor_id=team.mona.id), "servers": Topic(actor_id=neighbour.id)}
            topic = done_by.get(kind, Topic(case_id=1))
            await staff_notifications.notify_team(conn, OF_KIND[kind], topic, to=[team.odile.id])


async def subscribe(team: Team, actor: Actor) -> None:
    """She has an app that wants to be told."""
    async with transaction(team.pool) as conn:
        await execute(
            conn,
            """
            WITH token AS (INSERT INTO token (id, token_hash, actor_id, scopes) VALUES (1, 'x', $1, '{}') RETURNING id)
            INSERT INTO push_subscription (token_id, actor_id, endpoint, p256dh, auth, standard, policy, alerts)
            SELECT id, $1, 'https://push.example/x', 'x', 'x', true, 'all', '{}' FROM token
            """,
            actor.id,
        )


@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("kind", KINDS)
async def test_each_choice_is_kept(team: Team, kind: StaffKind, rhythm: StaffRhythm) -> None:
    async with transaction(team.pool) as conn:
        await staff_preferences.save(conn, team.odile.id, {kind: rhythm})
    await subscribe(team, team.odile)

    await happen(team, kind)
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE staff_alert SET due_at = $1", YESTERDAY - timedelta(hours=1))
    at_once = "odile" in await team.run(YESTERDAY)
    async with connection(team.pool) as conn:
        rung = await fetch_column(conn, "SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'push'")
        news = await fetch_value(conn, "SELECT count(*) FROM notification WHERE recipient_id = $1", team.odile.id)
    before_morning = await team.look(YESTERDAY + timedelta(minutes=10))
    in_the_morning = await team.look(NOON)

    assert news == 1, "it is in her news whatever she chose"
    assert bool(rung) == at_once == (rhythm == "now")
    assert "odile" not in before_morning
    assert ("odile" in in_the_morning) == (rhythm == "daily")
