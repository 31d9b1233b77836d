"""The cooperative's settings."""

import html
import re
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from models import preferences
from models.exchanges import agreements, points
from models.exchanges.agreements import Terms
from models.people import actors
from models.preferences import Preferences
from models.store.database import connection, execute, fetch_value, transaction
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.agreements.endings import expire_due
from tests.factories import make_listing, make_local_actor, make_member
from tests.web.form_client import Doorbell, Visitor, add_member

SETTINGS: dict[str, str | list[str]] = {
    "name": "La Remise",
    "sentence": "coopérative d’habitants",
    "territory_kind": "communes",
    "territory": "Lomme (59160), Lambersart (59130)",
    "territory_name": "Le Pays lommois",
    "accent": "prune",
    "registration": "open",
    "modes": ["swap", "gift", "theft"],
    "guests": "1",
    "member_invitations": "3",
    "member_invitations_wait": "1",
    "member_communities": "1",
    "markets": "1",
    "address": "12 rue des Tisserands\r\n59160 Lomme",
    "opening_hours": "Mercredi, 14 h – 19 h",
    "contact_email": "bonjour@remise.example",
    "legal_publisher": "La Remise, SCIC",
    "legal_director": "Awa Diop",
    "legal_host": "Chez nous",
    "legal_text": "Rien d’autre.",
}


@pytest.fixture
async def admin(door: Doorbell) -> Visitor:
    """Awa administers; the settings are before her."""
    await add_member(door.instance, "awa", roles=["admin"])
    visitor = await door.ring()
    await visitor.log_in("awa")
    return await visitor.open("/coop/reglages")


async def load(door: Doorbell) -> Preferences:
    async with connection(door.instance.pool) as conn:
        return await preferences.load(conn)


async def test_all_settings_are_kept_and_shown_again(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS)

    assert (admin.status, admin.path) == (200, "/coop/reglages?fait=saved")
    assert await load(door) == Preferences(
        name="La Remise",
        sentence="coopérative d’habitants",
        territory_kind="communes",
        territory_codes=("59355", "59328"),
        territory_name="Le Pays lommois",
        registration="open",
        member_invitations=3,
        journal_shown=False,
        accent="prune",
        modes=("gift", "swap"),
        markets=True,
        address="12 rue des Tisserands\n59160 Lomme",
        opening_hours="Mercredi, 14 h – 19 h",
        contact_email="bonjour@remise.example",
        legal_publisher="La Remise, SCIC",
        legal_director="Awa Diop",
        legal_host="Chez nous",
        legal_text="Rien d’autre.",
    )
    shown = html.unescape(admin.text)
    assert all(
        f'value="{SETTINGS[name]}"' in shown for name in ("name", "territory", "territory_name", "contact_email")
    )
    assert '<html lang="fr" class="accent-plum">' in shown


async def test_the_settings_can_be_saved_as_they_are_shown(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS)
    before = await load(door)

    await admin.send("/coop/reglages", SETTINGS)

    assert admin.path == "/coop/reglages?fait=saved" and await load(door) == before


async def test_a_new_name_is_told_to_everybody_who_follows(door: Doorbell, admin: Visitor) -> None:
    async with connection(door.instance.pool) as conn:
        for username in ("coop", "offres"):
            await make_local_actor(conn, username, host="lomme.test")

    await admin.send("/coop/reglages", SETTINGS)

    async with connection(door.instance.pool) as conn:
        coop = await actors.find_local(conn, "coop")
        updates = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Update'")
    assert coop is not None and (coop.name, coop.place_name) == ("La Remise", "Le Pays lommois")
    assert "coopérative d’habitants" in coop.summary and updates == 2


async def test_a_colour_is_told_to_nobody(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS)
    await admin.send("/coop/reglages", SETTINGS | {"accent": "vert"})

    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM activity") == 0
    assert (await load(door)).accent == "vert"


async def test_a_territory_that_changes_gets_its_own_name(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS)

    await admin.send("/coop/reglages", SETTINGS | {"territory_kind": "commune", "territory": "Lille"})

    assert (await load(door)).territory_name == "Lille"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"territory": "Nulle part"}, "territory"),
        ({"modes": []}, "modes"),
        ({"contact_email": "bonjour"}, "contact_email"),
        ({"accent": "rose"}, "accent"),
        ({"registration": "ajar"}, "registration"),
        ({"legal_text": "x" * 4001}, "legal_text"),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_is_kept(
    door: Doorbell, admin: Visitor, changes: dict[str, str | list[str]], field: str
) -> None:
    await admin.send("/coop/reglages", SETTINGS | changes)

    assert admin.status == 422
    assert f'href="#{field}"' in admin.text and f'id="{field}"' in admin.text and f'id="{field}-erreur"' in admin.text
    assert "Le Pays lommois" in admin.text and await load(door) == Preferences()


RULES: dict[str, Any] = {
    "points": "1",
    "points_one": "graine",
    "points_many": "graines",
    "points_joining": "40",
    "points_monthly": "10",
    "points_deposit": "0",
    "points_overdraft": "1 000",
}


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


async def test_a_request_ends_by_itself_after_as_many_hours_as_are_set(door: Doorbell, admin: Visitor) -> None:
    await admin.send("/coop/reglages", SETTINGS | {"hold_hours": "30"})
    shown = admin.text
    async with transaction(door.instance.pool) as conn:
        alice = await actors.get_local(conn, "alice")
        carol = await make_member(conn, "carol")
        asked = await request(conn, door.instance.site, carol, await make_listing(conn, alice, mode="gift"), Terms())

    ended = [await wait(door, timedelta(hours=29)), await wait(door, timedelta(hours=2))]

    assert 'name="hold_hours" type="text" value="30"' in shown
    assert asked.held_until is not None and ended == [0, 1]
    async with connection(door.instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "expired"


async def wait(door: Doorbell, time: timedelta) -> int:
    """So much time passes for everything that waits for an answer; how many end by themselves."""
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET held_until = held_until - $1::interval", time)
    return await expire_due(door.instance)


@pytest.mark.parametrize("typed", ["23", "169", "trois jours", "-24", "²4"])
async def test_a_request_waits_for_a_day_at_least_and_a_week_at_most(
    door: Doorbell, admin: Visitor, typed: str
) -> None:
    await admin.send("/coop/reglages", SETTINGS | {"hold_hours": typed})

    assert admin.status == 422 and "Écrivez un nombre d’heures, de 24 à 168." in admin.text
    assert 'href="#hold_hours"' in admin.text and f'value="{typed}"' in admin.text
    assert await load(door) == Preferences()


ELSEWHERE = {
    *("limited_federation", "blocks_told", "directory_area"),
    *("questions", "closed_words", "first_posts", "passers_by"),
    *("repair_collective", "shop_types"),
    "repairs_published",
    *("figures_published", "figures_licence", "kilogram_factor", "kilogram_source"),
}
"""What the pages about other servers, the map, arrivals, filters, repair shops and their figures change."""

TYPED_AS = {"territory_codes": "territory"}


def test_every_setting_has_its_field(admin: Visitor) -> None:
    on_page = set(re.findall(r'name="(\w+)"', admin.text))

    missing = {field.name for field in fields(Preferences) if TYPED_AS.get(field.name, field.name) not in on_page}
    assert missing == ELSEWHERE


PLAN_IGN = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png&TILEMATRIX={z}&TILECOL={x}&TILEROW={y}"
)


@pytest.mark.parametrize("tiles", [PLAN_IGN, "https://tile.openstreetmap.org/{z}/{x}/{y}.png"])
async def test_maps_may_be_drawn_on_pictures_of_another_host(door: Doorbell, admin: Visitor, tiles: str) -> None:
    assert "reçoit l’adresse (IP) de chaque personne" in admin.text
    await admin.send("/coop/reglages", SETTINGS | {"map_background": "tiles", "map_tiles": tiles, "map_credit": "IGN"})

    chosen = await load(door)
    assert (chosen.map_tiles, chosen.map_credit) == (tiles, "IGN")
    assert tiles.replace("&", "&amp;") in admin.text

    await admin.send("/coop/reglages", SETTINGS | {"map_background": "drawn", "map_tiles": tiles, "map_credit": "IGN"})
    assert (await load(door)).map_tiles == ""


@pytest.mark.parametrize(
    ("tiles", "credit", "field"),
    [
        ("http://tuiles.example/{z}/{x}/{y}.png", "IGN", "map_tiles"),
        ("https://tuiles.example/{z}/{x}.png", "IGN", "map_tiles"),
        ("https://tuiles.example/{z}/{x}/{y}/{clef}.png", "IGN", "map_tiles"),
        ("https://moi:secret@tuiles.example/{z}/{x}/{y}.png", "IGN", "map_tiles"),
        ("https://tuiles.example; script-src */{z}/{x}/{y}.png", "IGN", "map_tiles"),
        ("https://*/{z}/{x}/{y}.png", "IGN", "map_tiles"),
        ("https://tuiles.example:99999/{z}/{x}/{y}.png", "IGN", "map_tiles"),
        ("https://tuiles.example:00/{z}/{x}/{y}.png", "IGN", "map_tiles"),
        ("javascript:{z}{x}{y}", "IGN", "map_tiles"),
        ("", "IGN", "map_tiles"),
        (PLAN_IGN, "", "map_credit"),
    ],
)
async def test_what_is_no_background_of_maps_is_refused(
    door: Doorbell, admin: Visitor, tiles: str, credit: str, field: str
) -> None:
    await admin.send("/coop/reglages", SETTINGS | {"map_background": "tiles", "map_tiles": tiles, "map_credit": credit})

    assert admin.status == 422
    assert f'id="{field}-erreur"' in admin.text
    assert (await load(door)).map_tiles == ""
