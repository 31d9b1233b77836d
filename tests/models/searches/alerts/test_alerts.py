"""Alerts of a member: kept once, thirty at most, told at once only where something narrows them."""

from typing import Any

import pytest

from models.errors import Invalid, NotFound
from models.searches import NetworkFilter
from models.searches.alerts import alerts
from models.searches.alerts.alerts import MOST, AlertDraft
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_follow, make_local_actor, make_member, make_remote_actor


def draft(text: str = "tente", *, rhythm: Any = "now", **filter: Any) -> AlertDraft:
    """An alert on these words."""
    return AlertDraft(parameters=f"q={text}", filter=NetworkFilter(text=text, **filter), rhythm=rhythm)


async def test_the_same_search_is_kept_once_with_the_choices_it_has(conn: Connection) -> None:
    awa = await make_member(conn)
    first, new = await alerts.create(conn, awa.id, draft())

    again, new_again = await alerts.create(conn, awa.id, draft(rhythm="weekly"))

    assert (new, new_again) == (True, False)
    assert again == first and again.rhythm == "now"
    assert await alerts.list_own(conn, awa.id) == [first]


async def test_one_more_than_the_limit_is_refused_and_others_are_not_counted(conn: Connection) -> None:
    awa, bob = await make_member(conn, "awa"), await make_member(conn, "bob")
    for number in range(MOST):
        await alerts.create(conn, awa.id, draft(f"tente {number}"))

    with pytest.raises(Invalid) as refused:
        await alerts.create(conn, awa.id, draft("une de trop"))

    assert (refused.value.code, refused.value.values) == ("too_many_alerts", {"most": 30})
    assert (await alerts.create(conn, awa.id, draft("tente 3")))[1] is False
    assert (await alerts.create(conn, bob.id, draft()))[1] is True


@pytest.mark.parametrize(
    ("filter", "bounded"),
    [
        ({}, False),
        ({"kinds": ("offer",), "modes": ("loan",), "with_photo": True}, False),
        ({"latitude": 50.6, "longitude": 3.0}, False),
        ({"latitude": 50.6, "longitude": 3.0, "radius": 100.0}, True),
        ({"categories": ("sport",)}, True),
        ({"communes": ("59355",)}, True),
        ({"epcis": ("200093201",)}, True),
        ({"territory_uri": "https://henin.test/users/coop"}, True),
    ],
)
async def test_what_nothing_narrows_is_told_each_morning_or_week_and_never_at_once(
    conn: Connection, filter: dict[str, Any], bounded: bool
) -> None:
    awa = await make_member(conn)
    made, _ = await alerts.create(conn, awa.id, draft("", rhythm="daily", **filter))

    if bounded:
        await alerts.change(conn, made, rhythm="now", by_mail=False)
        assert (await alerts.get(conn, awa.id, made.id)).rhythm == "now"
        return
    with pytest.raises(Invalid, match="alert_boundless"):
        await alerts.change(conn, made, rhythm="now", by_mail=True)
    await alerts.remove(conn, awa.id, made.id)
    with pytest.raises(Invalid, match="alert_boundless"):
        await alerts.create(conn, awa.id, draft("", **filter))


@pytest.mark.parametrize("text", ["de la", "!!!", '""'])
async def test_words_that_find_nothing_make_no_alert(conn: Connection, text: str) -> None:
    awa = await make_member(conn)

    with pytest.raises(Invalid, match="alert_no_words"):
        await alerts.create(conn, awa.id, draft(text))


@pytest.mark.parametrize(
    "text", ["tente ) ( & ! :*", "'; DROP TABLE alert; --", "vélo \\ ' \" <->", "a" * 200, "🚲 vélo"]
)
async def test_hostile_words_are_kept_as_words(conn: Connection, text: str) -> None:
    awa = await make_member(conn)

    made, _ = await alerts.create(conn, awa.id, draft(text))

    assert (await alerts.get(conn, awa.id, made.id)).text == text


async def test_an_alert_on_her_territories_follows_those_that_she_follows(conn: Connection) -> None:
    ours, awa = await make_local_actor(conn, "coop", type="Organization"), await make_member(conn, "awa")
    henin = await make_remote_actor(conn, "coop", "henin.test", type="Organization")
    await make_follow(conn, awa, henin)
    hers, fixed = [
        (await alerts.create(conn, awa.id, AlertDraft(parameters=parameters, filter=filter)))[0].id
        for parameters, filter in (
            ("q=tente&coop=miens", NetworkFilter(text="tente", territory_uris=(ours.uri,))),
            ("q=coop%3Dmiens", NetworkFilter(text="miens", territory_uri=ours.uri)),
        )
    ]

    changed = [await alerts.refresh_territories(conn) for _ in range(2)]

    assert changed == [1, 0]
    assert (await alerts.get(conn, awa.id, hers)).territory_uris == sorted((ours.uri, henin.uri))
    assert (await alerts.get(conn, awa.id, fixed)).territory_uris == [ours.uri]


async def test_alerts_of_others_are_not_there_and_end_with_the_account(conn: Connection) -> None:
    awa, bob = await make_member(conn, "awa"), await make_member(conn, "bob")
    made, _ = await alerts.create(conn, awa.id, draft())

    with pytest.raises(NotFound):
        await alerts.get(conn, bob.id, made.id)
    await alerts.pause(conn, bob.id, made.id, paused=True)
    await alerts.stop_mails(conn, bob.id, [made.id])
    await alerts.remove(conn, bob.id, made.id)
    assert await alerts.get(conn, awa.id, made.id) == made
    await execute(conn, "DELETE FROM account WHERE actor_id = $1", awa.id)
    assert await fetch_value(conn, "SELECT count(*) FROM search_alert") == 0
