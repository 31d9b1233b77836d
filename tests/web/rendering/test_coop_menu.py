"""The menu of the administration: which rooms stand in it for whom, and where one is."""

from datetime import UTC, datetime

import pytest

from models.exchanges.points import Currency
from models.people.accounts import Account, Role
from models.people.roles import RIGHTS
from web.rendering.coop_menu import list_rooms
from web.rendering.coop_rooms import GROUPS, MENU
from web.rendering.formats import set_in

EVERYWHERE = {one.path for one in MENU}


def make_account(*roles: Role) -> Account:
    return Account(
        actor_id=1,
        username="odile",
        name="Odile",
        email="odile@example.org",
        roles=list(roles),
        language="fr",
        confirmed_at=None,
        disabled_at=None,
        default_commune_code=None,
        last_seen_at=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        leaves_at=None,
    )


def say(sentence: str, /, **values: object) -> str:
    return set_in(sentence, values, "fr")


def list_paths(*roles: Role, routes: set[str] = EVERYWHERE, here: str = "/coop", points: bool = True) -> list[str]:
    currency = Currency(one="graine", many="graines") if points else None
    groups = list_rooms(make_account(*roles), say, here=here, routes=routes, currency=currency)
    return [room.path for group in groups for room in group.rooms]


@pytest.mark.parametrize("role", ["welcome", "moderator", "keeper", "admin"])
def test_each_role_sees_the_rooms_that_open_for_it(role: Role) -> None:
    assert list_paths(role) == [one.path for one in MENU if one.right is None or role in RIGHTS[one.right]]


def test_a_member_sees_none() -> None:
    assert list_paths() == []


def test_a_room_is_left_out_until_the_application_has_it() -> None:
    assert list_paths("admin", routes={"/coop", "/coop/membres"}) == ["/coop", "/coop/membres"]


def test_points_have_a_room_under_their_own_name_where_they_are_kept() -> None:
    currency = Currency(one="graine", many="graines")
    groups = list_rooms(make_account("admin"), say, here="/coop", routes={"/coop/points"}, currency=currency)

    assert [room.words for group in groups for room in group.rooms] == ["Les graines de la coop"]
    assert "/coop/points" not in list_paths("admin", points=False)


@pytest.mark.parametrize(
    ("here", "current"),
    [
        ("/coop", "/coop"),
        ("/coop/serveurs/henin.test", "/coop/serveurs"),
        ("/coop/serveurs/liste?page=2", "/coop/serveurs/liste"),
        ("/coop/membres/nouveau", "/coop/membres"),
    ],
)
def test_the_nearest_room_is_where_one_is(here: str, current: str) -> None:
    groups = list_rooms(make_account("admin"), say, here=here, routes=EVERYWHERE, currency=None)

    assert [room.path for group in groups for room in group.rooms if room.current] == [current]


def test_every_room_stands_once_in_a_known_group_with_an_icon_and_a_sentence() -> None:
    assert len(EVERYWHERE) == len(MENU)
    assert {one.group for one in MENU} == set(GROUPS)
    assert all(one.icon and one.sentence and one.words for one in MENU)
