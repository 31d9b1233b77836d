"""The cooperative's settings, page by page."""

import html
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
from web.pages.instance.settings import pages
from web.rendering.own_words import REPLACED

LIST = "/coop/reglages"

ONE_LINE = ("name", "territory", "territory_name", "contact_email")

PAGES: dict[str, dict[str, str | list[str]]] = {
    "nom": {
        "name": "La Remise",
        "sentence": "coopérative d’habitants",
        "territory_kind": "communes",
        "territory": "Lomme (59160), Lambersart (59130)",
        "territory_name": "Le Pays lommois",
    },
    "plaque": {"accent": "prune"},
    "inscriptions": {
        "registration": "open",
        "member_invitations": "3",
        "member_invitations_wait": "1",
        "member_communities": "1",
    },
    "echanges": {"kinds": ["offer", "request", "repair_call"], "modes": ["swap", "gift", "theft"], "guests": "1"},
    "equipe": {},
    "partage": {"markets": "1"},
    "adresse": {
        "address": "12 rue des Tisserands\r\n59160 Lomme",
        "opening_hours": "Mercredi, 14 h – 19 h",
        "contact_email": "bonjour@remise.example",
    },
    "mentions": {
        "legal_publisher": "La Remise, SCIC",
        "legal_director": "Awa Diop",
        "legal_host": "Chez nous",
        "legal_text": "Rien d’autre.",
    },
}


@pytest.fixture
async def admin(door: Doorbell) -> Visitor:
    """Awa administers; the list of settings is before her."""
    await add_member(door.instance, "awa", roles=["admin"])
    visitor = await door.ring()
    await visitor.log_in("awa")
    return await visitor.open("/coop/reglages")


async def save(admin: Visitor, page: str, **changes: str | list[str]) -> Visitor:
    """She opens a page and sends it as it stands above, with these changes."""
    await admin.open(f"{LIST}/{page}")
    return await admin.send(f"{LIST}/{page}", PAGES.get(page, {}) | changes)


async def load(door: Doorbell) -> Preferences:
    async with connection(door.instance.pool) as conn:
        return await preferences.load(conn)


async def test_all_settings_are_kept_and_shown_again(door: Doorbell, admin: Visitor) -> None:
    for page in PAGES:
        await save(admin, page)
        assert (admin.status, admin.path) == (200, f"{LIST}/{page}?fait=saved")

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
    for page in ("nom", "adresse"):
        shown = html.unescape((await admin.open(f"{LIST}/{page}")).text)
        assert all(f'value="{value}"' in shown for name, value in PAGES[page].items() if name in ONE_LINE)
    assert '<html lang="fr" class="accent-plum">' in admin.text


async def test_each_page_can_be_saved_as_it_is_shown_and_changes_nothing_of_the_others(
    door: Doorbell, admin: Visitor
) -> None:
    for page in PAGES:
        await save(admin, page)
    before = await load(door)

    for page in PAGES:
        await save(admin, page)

    assert await load(door) == before


async def test_the_list_says_what_stands_now_and_leads_to_every_page(door: Doorbell, admin: Visitor) -> None:
    await save(admin, "inscriptions", registration="approval")
    await admin.open(LIST)

    shown = html.unescape(admin.text)
    assert "vous lisez chacune avant de dire oui · Chaque membre peut inviter" in shown
    assert [one.path for one in pages.PAGES if f'href="{one.path}"' not in shown] == []


def test_no_page_has_more_than_eight_fields_and_no_setting_stands_twice() -> None:
    keys = [key for page in pages.PAGES for key in page.keys]

    assert max(len(page.fields) for page in pages.PAGES) <= 8
    opening = {"closed", "opened_at", "opened_by", "shutdown_at"}  # of a page of their own, and of no undoing
    assert len(keys) == len({*keys}) and {*keys} == {field.name for field in fields(Preferences)} - opening


async def test_a_page_that_there_is_not_is_not_found(admin: Visitor) -> None:
    assert (await admin.open(f"{LIST}/cuisine")).status == 404


async def test_a_new_name_is_told_to_everybody_who_follows(door: Doorbell, admin: Visitor) -> None:
    async with connection(door.instance.pool) as conn:
        for username in ("coop", "offres"):
            await make_local_actor(conn, username, host="lomme.test")

    await save(admin, "nom")

    async with connection(door.instance.pool) as conn:
        coop = await actors.find_local(conn, "coop")
        updates = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Update'")
    assert coop is not None and (coop.name, coop.place_name) == ("La Remise", "Le Pays lommois")
    assert "coopérative d’habitants" in coop.summary and updates == 2


async def test_a_colour_is_told_to_nobody(door: Doorbell, admin: Visitor) -> None:
    await save(admin, "plaque", accent="vert")

    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM activity") == 0
    assert (await load(door)).accent == "vert"


async def test_a_territory_that_changes_gets_its_own_name(door: Doorbell, admin: Visitor) -> None:
    await save(admin, "nom")

    await save(admin, "nom", territory_kind="commune", territory="Lille")

    assert (await load(door)).territory_name == "Lille"


@pytest.mark.parametrize(
    ("page", "field", "typed"),
    [
        ("nom", "name", ""),
        ("nom", "name", "x" * 61),
        ("nom", "territory", "Nulle part"),
        ("echanges", "modes", []),
        ("echanges", "kinds", []),
        ("mots-pages", "word_join", "x" * 41),
        ("adresse", "contact_email", "bonjour"),
        ("plaque", "accent", "rose"),
        ("inscriptions", "registration", "ajar"),
        ("inscriptions", "member_invitations", "51"),
        ("mentions", "legal_text", "x" * 4001),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_is_kept(
    door: Doorbell, admin: Visitor, page: str, field: str, typed: str | list[str]
) -> None:
    await save(admin, page, **{field: typed})

    assert admin.status == 422
    assert f'href="#{field}"' in admin.text and f'id="{field}"' in admin.text and f'id="{field}-erreur"' in admin.text
    assert page != "nom" or "Le Pays lommois" in admin.text
    assert await load(door) == Preferences()


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
    await save(admin, "points")

    kept = await load(door)
    assert not kept.points and (kept.points_joining, kept.points_monthly, kept.points_deposit) == (50, 30, 5)
    assert await count_movements(door) == 0 and "/coop/points" not in admin.text


async def test_switched_on_they_have_a_name_and_rules_and_members_have_theirs(door: Doorbell, admin: Visitor) -> None:
    await save(admin, "points", **RULES)

    kept = await load(door)
    assert (kept.points, kept.points_one, kept.points_many) == (True, "graine", "graines")
    rules = (kept.points_joining, kept.points_monthly, kept.points_deposit, kept.points_overdraft)
    assert rules == (40, 10, 0, 1000)
    assert "Les graines de la coop" in admin.text and 'value="40"' in admin.text
    async with connection(door.instance.pool) as conn:
        members = await points.list_members(conn)
    assert {member.username: member.balance for member in members} == {"alice": 40, "awa": 40}


async def test_switched_off_and_on_again_rules_and_accounts_are_as_they_were(door: Doorbell, admin: Visitor) -> None:
    await save(admin, "points", **RULES)
    before = await load(door)

    await save(admin, "points")
    off = await load(door)
    await save(admin, "points", points="1")

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
    await save(admin, "points", **(RULES | {name: typed}))

    assert admin.status == 422 and sentence in admin.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert f'href="#{name}"' in admin.text and f'value="{typed}"' in admin.text
    assert not (await load(door)).points and await count_movements(door) == 0


async def test_a_request_ends_by_itself_after_as_many_hours_as_are_set(door: Doorbell, admin: Visitor) -> None:
    await save(admin, "echanges", hold_hours="30")
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
    await save(admin, "echanges", hold_hours=typed)

    assert admin.status == 422 and "Écrivez un nombre d’heures, de 24 à 168." in admin.text
    assert 'href="#hold_hours"' in admin.text and f'value="{typed}"' in admin.text
    assert await load(door) == Preferences()


PLAN_IGN = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png&TILEMATRIX={z}&TILECOL={x}&TILEROW={y}"
)


@pytest.mark.parametrize("tiles", [PLAN_IGN, "https://tile.openstreetmap.org/{z}/{x}/{y}.png"])
async def test_maps_may_be_drawn_on_pictures_of_another_host(door: Doorbell, admin: Visitor, tiles: str) -> None:
    await save(admin, "cartes", map_background="tiles", map_tiles=tiles, map_credit="IGN")
    assert "reçoit l’adresse (IP) de chaque personne" in admin.text

    chosen = await load(door)
    assert (chosen.map_tiles, chosen.map_credit) == (tiles, "IGN")
    assert tiles.replace("&", "&amp;") in admin.text

    await save(admin, "cartes", map_background="drawn", map_tiles=tiles, map_credit="IGN")
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
    await save(admin, "cartes", map_background="tiles", map_tiles=tiles, map_credit=credit)

    assert admin.status == 422
    assert f'id="{field}-erreur"' in admin.text
    assert (await load(door)).map_tiles == ""


LIMITS = {
    **dict.fromkeys(("dues_least", "dues_most", "dues_suggested"), (0, 1000)),
    "dues_words": 400,
    "dues_free": 200,
    "dues_address": 500,
    "dues_grace": (0, 366),
    "kilogram_factor": (0, 1000),
    "kilogram_source": 200,
    "name": 60,
    "sentence": 200,
    "territory_codes": 2000,
    "territory_name": 60,
    "address": 300,
    "opening_hours": 500,
    "contact_email": 254,
    "map_tiles": 500,
    "map_credit": 200,
    "legal_publisher": 200,
    "legal_director": 200,
    "legal_host": 300,
    "legal_text": 4000,
    "member_invitations": (0, 50),
    "hold_hours": (24, 168),
    "listing_days": (7, 365),
    "first_posts": (0, 3),
    "points_one": 20,
    "points_many": 20,
    **dict.fromkeys(("notice_sign_up", "notice_publish"), 300),
    **dict.fromkeys(REPLACED, 40),
    **dict.fromkeys(("points_joining", "points_monthly", "points_deposit", "points_overdraft"), (0, 10_000)),
}


def test_each_field_has_its_limit() -> None:
    found = {one.name: one.limit or (one.least, one.most) for one in pages.FIELDS.values() if one.limit or one.most}

    assert found == LIMITS
