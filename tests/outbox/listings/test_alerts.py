"""Alerts tell each member once, together what comes together, as often as she wants and not more than a day's worth."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from federation.instance import Instance
from models.moments import PARIS
from models.news import news
from models.people.actors import Actor
from models.searches import NetworkFilter
from models.searches.alerts import alert_finds, alerts
from models.searches.alerts.alerts import AlertDraft
from models.store.database import Pool, connection, execute, fetch_column, fetch_value, transaction
from outbox.listings.alerts import last_monday, last_morning, watch
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from web.news.items import list_lines

TUESDAY = datetime(2026, 12, 1, 15, tzinfo=PARIS).astimezone(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def instance_of(pool: Pool) -> Instance:
    return cast(Instance, SimpleNamespace(pool=pool, site=HERE))


async def make_alert(
    pool: Pool, actor: Actor, text: str = "tente", *, rhythm: Any = "now", by_mail: bool = True
) -> int:
    async with transaction(pool) as conn:
        draft = AlertDraft(
            parameters=f"q={text}", filter=NetworkFilter(text=text), rhythm=rhythm, by_mail=by_mail, area="Lomme"
        )
        return (await alerts.create(conn, actor.id, draft))[0].id


async def publish(pool: Pool, author: Actor, *titles: str, at: datetime = TUESDAY) -> list[int]:
    """These are found at this moment."""
    async with transaction(pool) as conn:
        ids = [(await make_listing(conn, author, title=title)).id for title in titles]
    await watch(instance_of(pool), datetime(2020, 1, 1, tzinfo=UTC))
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE alert_find SET found_at = $2 WHERE listing_id = ANY($1)", ids, at)
    return ids


def say(sentence: str, /, **values: Any) -> str:
    return sentence % values if values else sentence


async def read_news(pool: Pool, reader: Actor) -> list[tuple[str, str, str]]:
    """What her page of news says: the words, what about, and where it leads."""
    async with connection(pool) as conn:
        rows = await news.list_news(conn, reader.id)
        lines = await list_lines(conn, HERE, say, reader.id, rows)
    return [(line.words, line.what, line.href) for line in lines]


@pytest.fixture
async def awa(pool: Pool) -> Actor:
    async with transaction(pool) as conn:
        return await make_member(conn, "awa")


@pytest.fixture
async def bob(pool: Pool) -> Actor:
    async with transaction(pool) as conn:
        return await make_remote_actor(conn, "bob")


@pytest.mark.parametrize(
    ("rhythm", "found", "before", "after"),
    [
        ("now", TUESDAY, TUESDAY - HOUR, TUESDAY),
        ("daily", TUESDAY, TUESDAY + 16 * HOUR, TUESDAY + 17 * HOUR),
        ("weekly", TUESDAY, TUESDAY + 5 * DAY, TUESDAY + 6 * DAY),
    ],
)
async def test_each_rhythm_tells_in_its_time(
    pool: Pool, awa: Actor, bob: Actor, rhythm: Any, found: datetime, before: datetime, after: datetime
) -> None:
    await make_alert(pool, awa, rhythm=rhythm)
    await publish(pool, bob, "Tente", at=found)

    told = [await watch(instance_of(pool), at) for at in (before, after, after + 30 * DAY)]

    assert told == [0, 1, 0]


async def test_one_find_leads_to_the_listing_and_many_are_one_line_that_leads_to_them(
    pool: Pool, awa: Actor, bob: Actor
) -> None:
    alert = await make_alert(pool, awa)
    [first] = await publish(pool, bob, "Tente deux places")
    await watch(instance_of(pool), TUESDAY)
    await publish(pool, bob, *(f"Tente {number}" for number in range(12)), at=TUESDAY + 2 * HOUR)

    await watch(instance_of(pool), TUESDAY + 2 * HOUR)

    assert await read_news(pool, awa) == [
        (
            "12 annonces nouvelles pour votre alerte : les annonces pour « tente », autour de Lomme",
            "",
            f"/alertes/{alert}",
        ),
        (
            "Une annonce nouvelle pour votre alerte : les annonces pour « tente », autour de Lomme",
            "Tente deux places",
            f"/annonces/d/{first}",
        ),
    ]


async def test_what_comes_within_the_hour_waits_for_its_end_and_is_told_together(
    pool: Pool, awa: Actor, bob: Actor
) -> None:
    await make_alert(pool, awa)
    await publish(pool, bob, "Tente")
    told = [await watch(instance_of(pool), TUESDAY)]
    for minutes in (10, 20):
        at = TUESDAY + timedelta(minutes=minutes)
        await publish(pool, bob, f"Tente {minutes}", at=at)
        told.append(await watch(instance_of(pool), at))

    told.append(await watch(instance_of(pool), TUESDAY + HOUR + timedelta(seconds=1)))

    assert told == [1, 0, 0, 1]
    assert (await read_news(pool, awa))[0][
        0
    ] == "2 annonces nouvelles pour votre alerte : les annonces pour « tente », autour de Lomme"


async def test_beyond_ten_lines_in_a_day_what_is_told_at_once_waits_for_the_morning(
    pool: Pool, awa: Actor, bob: Actor
) -> None:
    for number in range(12):
        await make_alert(pool, awa, f"objet{number}")
    await publish(pool, bob, *(f"objet{number}" for number in range(12)))

    told = [await watch(instance_of(pool), TUESDAY + hours * HOUR) for hours in (0, 3, 17)]

    assert told == [10, 0, 2]


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE listing SET status = 'fulfilled'",
        "UPDATE post SET deleted_at = now()",
        "UPDATE actor SET limited_at = now() WHERE username = 'bob'",
        "INSERT INTO thread_mute (actor_id, root_id) SELECT a.id, p.id FROM actor a, post p WHERE a.username = 'awa'",
    ],
)
async def test_what_is_over_before_it_is_told_is_not_told(pool: Pool, awa: Actor, bob: Actor, end: str) -> None:
    await make_alert(pool, awa, rhythm="daily")
    await publish(pool, bob, "Tente")
    async with transaction(pool) as conn:
        await execute(conn, end)

    assert await watch(instance_of(pool), TUESDAY + DAY) == 0


async def test_what_is_over_after_it_was_told_is_not_counted_on_the_line(pool: Pool, awa: Actor, bob: Actor) -> None:
    await make_alert(pool, awa)
    ids = await publish(pool, bob, "Tente", "Grande tente", "Petite tente")
    await watch(instance_of(pool), TUESDAY)
    said = []
    for id in reversed(ids):
        said.append((await read_news(pool, awa))[0][0])
        async with transaction(pool) as conn:
            await execute(conn, "UPDATE listing SET status = 'cancelled' WHERE post_id = $1", id)

    assert said == [
        "3 annonces nouvelles pour votre alerte : les annonces pour « tente », autour de Lomme",
        "2 annonces nouvelles pour votre alerte : les annonces pour « tente », autour de Lomme",
        "Une annonce nouvelle pour votre alerte : les annonces pour « tente », autour de Lomme",
    ]
    assert await read_news(pool, awa) == []


async def test_a_mail_is_asked_for_where_she_wants_one_and_an_alert_that_rests_tells_nothing(
    pool: Pool, awa: Actor, bob: Actor
) -> None:
    await make_alert(pool, awa, "tente")
    await make_alert(pool, awa, "vélo", by_mail=False)
    resting = await make_alert(pool, awa, "scie")
    await publish(pool, bob, "Tente", "Vélo", "Scie")
    async with transaction(pool) as conn:
        await alerts.pause(conn, awa.id, resting, paused=True)

    told = await watch(instance_of(pool), TUESDAY)

    async with connection(pool) as conn:
        assert told == 2
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'alert_mail'") == 1
        assert await fetch_column(conn, "SELECT text FROM search_alert s JOIN alert_find f ON f.alert_id = s.id "
            "WHERE f.told_at IS NOT NULL AND f.mailed_at IS NULL") == ["tente"]  # fmt: skip


async def test_what_never_could_be_told_is_forgotten_after_a_month(pool: Pool, awa: Actor, bob: Actor) -> None:
    await make_alert(pool, awa, rhythm="weekly")
    now = datetime.now(UTC)
    await publish(pool, bob, "Tente", at=now - 29 * DAY)
    old = await publish(pool, bob, "Tente", at=now - 31 * DAY)

    async with transaction(pool) as conn:
        gone = await alert_finds.forget_old(conn)

        assert gone == 1
        assert await fetch_value(conn, "SELECT count(*) FROM alert_find WHERE listing_id = ANY($1)", old) == 0


def test_mornings_and_mondays_are_those_of_paris_summer_and_winter() -> None:
    summer, winter = datetime(2026, 7, 1, 5, 29, tzinfo=UTC), datetime(2026, 12, 2, 6, 30, tzinfo=UTC)

    assert last_morning(summer) == datetime(2026, 6, 30, 5, 30, tzinfo=UTC)
    assert last_morning(winter) == datetime(2026, 12, 2, 6, 30, tzinfo=UTC)
    assert last_monday(winter) == datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
    assert last_monday(datetime(2026, 11, 30, 6, 29, tzinfo=UTC)) == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
