"""Points in the cooperative's settings."""

from typing import Any

import pytest

from models import points, preferences
from models.database import connection, fetch_value
from models.preferences import Preferences
from tests.web.pages.test_settings import SETTINGS
from tests.web.visitor import Doorbell, Visitor, add_member

RULES: dict[str, Any] = {
    "points": "1",
    "points_one": "graine",
    "points_many": "graines",
    "points_joining": "40",
    "points_monthly": "10",
    "points_deposit": "0",
    "points_overdraft": "1 000",
}


@pytest.fixture
async def admin(door: Doorbell) -> Visitor:
    """Awa administers; the settings are before her."""
    await add_member(door.instance, "awa", role="admin")
    visitor = await door.ring()
    await visitor.log_in("awa")
    return await visitor.open("/coop/reglages")


async def load(door: Doorbell) -> Preferences:
    async with connection(door.instance.pool) as conn:
        return await preferences.load(conn)


async def count_movements(door: Doorbell) -> int:
    async with connection(door.instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM points_movement"))


async def test_points_are_off_until_somebody_wants_them(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS)

    kept = await load(door)
    assert not kept.points and (kept.points_joining, kept.points_monthly, kept.points_deposit) == (50, 30, 5)
    assert await count_movements(door) == 0 and "/coop/points" not in admin.text


async def test_switched_on_they_have_a_name_and_rules_and_members_have_theirs(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS | RULES)

    kept = await load(door)
    assert (kept.points, kept.points_one, kept.points_many) == (True, "graine", "graines")
    rules = (kept.points_joining, kept.points_monthly, kept.points_deposit, kept.points_overdraft)
    assert rules == (40, 10, 0, 1000)
    assert "Les graines de la coop" in admin.text and 'value="40"' in admin.text
    async with connection(door.instance.pool) as conn:
        members = await points.list_members(conn)
    assert {member.username: member.balance for member in members} == {"alice": 40, "awa": 40}


async def test_switched_off_and_on_again_rules_and_accounts_are_as_they_were(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS | RULES)
    before = await load(door)

    await admin.send("/coop/reglages", SETTINGS)
    off = await load(door)
    await admin.send("/coop/reglages", SETTINGS | {"points": "1"})

    assert not off.points and off.points_many == "graines"
    assert await load(door) == before and await count_movements(door) == 2


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("points_joining", "-5", "Écrivez un nombre, de 0 à 10 000."),
        ("points_monthly", "10001", "Écrivez un nombre, de 0 à 10 000."),
        ("points_overdraft", "²", "Écrivez un nombre, de 0 à 10 000."),
        ("points_many", "x" * 21, "C’est trop long"),
    ],
)
async def test_what_is_no_rule_comes_back(door: Doorbell, admin: Visitor, name: str, typed: str, sentence: str) -> None:
    await admin.send("/coop/reglages", SETTINGS | RULES | {name: typed})

    assert admin.status == 422 and sentence in admin.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert f'href="#{name}"' in admin.text and f'value="{typed}"' in admin.text
    assert not (await load(door)).points and await count_movements(door) == 0
