"""What is left before the site opens: each line goes once it is done or put off, and the button that opens it."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from models import preferences
from models.coop import opening, opening_steps, shutdown
from models.people import actors
from models.preferences import Preferences
from models.store import backup_runs
from models.store.database import connection, fetch_records, fetch_value, transaction
from outbox.people import instance_shutdown
from tests.factories import make_follow, make_listing, make_member, make_remote_actor
from tests.web.form_client import Doorbell, Visitor, add_member
from tests.web.smtp_server import open_post
from web.pages.coop.opening_steps import STEPS

LEGAL = {"legal_publisher": "La Remise", "legal_director": "Awa", "legal_host": "Chez nous"}

LINES = {
    "legal": "Dire qui publie ce site",
    "mail": "serveur de courriel",
    "hours": "Dire quand on peut vous rencontrer",
    "offer": "Publier une première annonce",
    "neighbour": "Suivre une coop voisine",
    "poster": "Imprimer une affiche",
    "backup": "Faire une sauvegarde",
}


@pytest.fixture
async def awa(door: Doorbell) -> Visitor:
    """Awa administers an instance that is closed."""
    await add_member(door.instance, "awa", roles=["admin"])
    async with transaction(door.instance.pool) as conn:
        await opening.close_site(conn)
        assert await actors.find_local(conn, "coop") or await make_member(conn, "coop", type="Organization")
    return await (await door.ring()).log_in("awa")


async def list_left(visitor: Visitor, path: str = "/coop") -> list[str]:
    """The steps whose lines stand on the page."""
    page = await visitor.open(path)
    assert page.status == 200
    return [name for name, words in LINES.items() if words in page.text.replace("\u202f", " ")]


async def act(visitor: Visitor, **fields: str) -> Visitor:
    await visitor.open("/coop/ouverture")
    return await visitor.send("/coop/ouverture", dict(fields))


def test_each_step_has_its_line() -> None:
    assert [name for name, _ in STEPS] == list(opening_steps.STEPS) == list(LINES)


async def test_each_line_goes_as_soon_as_it_is_done(door: Doorbell, awa: Visitor) -> None:
    assert await list_left(awa) == await list_left(awa, "/coop/ouverture") == list(LINES)
    assert "Ouvrir au" not in awa.text

    await awa.open("/coop/ouverture/mentions")
    await awa.send("/coop/ouverture/mentions", LEGAL)
    assert awa.path.startswith("/coop/ouverture?") and "Ouvrir au" in awa.text
    assert "legal" not in await list_left(awa)
    await awa.open("/coop/ouverture/horaires")
    await awa.send("/coop/ouverture/horaires", {"opening_hours": "Mercredi", "address": ""})
    assert "hours" not in await list_left(awa)
    async with transaction(door.instance.pool) as conn:
        coop = await actors.find_local(conn, "coop")
        member = await make_member(conn, "zoe")
        await make_listing(conn, member)
        assert coop is not None
        await make_follow(conn, coop, await make_remote_actor(conn, "coop", "henin.test"))
        await backup_runs.note(conn, "backup", "/data", seconds=1, failure="no room")
    assert await list_left(awa) == ["mail", "poster", "backup"]
    async with transaction(door.instance.pool) as conn:
        await backup_runs.note(conn, "backup", "/data", seconds=1)
    assert await list_left(awa) == ["mail", "poster"]
    await awa.open("/coop/ouverture")
    await awa.send("/coop/ouverture/affiche", {})
    assert awa.path.startswith("/coop/invitations/") and "Photographiez ce code" in awa.text and "A4" in awa.text
    assert await list_left(awa) == ["mail"]


async def test_the_mail_is_tried_at_once_and_what_became_of_it_is_seen(door: Doorbell, awa: Visitor) -> None:
    settings = door.instance.settings
    async with open_post() as post:
        object.__setattr__(
            door.instance, "settings", msgspec.structs.replace(settings, smtp_url=f"smtp://127.0.0.1:{post.port}")
        )
        await awa.open("/coop/ouverture")
        post.refusal = "550 nobody"
        await awa.send("/coop/ouverture/courriel", {})
        refused, left = awa.text, await list_left(awa)
        post.refusal = ""
        await awa.open("/coop/ouverture")
        await awa.send("/coop/ouverture/courriel", {})

    assert "L’adresse n’existe pas" in refused and "mail" in {"mail" for _ in left} and len(post.taken) == 1
    assert "est parti" in awa.text and "mail" not in await list_left(awa)
    assert post.taken[0]["To"] == "awa@example.org" and "partent" in post.taken[0]["Subject"]


async def test_all_but_publisher_and_host_may_wait(awa: Visitor) -> None:
    for step in LINES:
        await act(awa, act="later", step=step)
        assert awa.status == (422 if step == "legal" else 200), step

    assert await list_left(awa) == ["legal"]
    await act(awa, act="again")
    assert await list_left(awa) == list(LINES)


async def test_the_site_opens_and_closes_by_a_button_and_who_did_it_is_kept(door: Doorbell, awa: Visitor) -> None:
    await act(awa, act="open")
    refused = (awa.status, "Dites d’abord qui publie" in awa.text)
    await awa.open("/coop/ouverture/mentions")
    await awa.send("/coop/ouverture/mentions", LEGAL)
    await act(awa, act="open")
    opened = awa.text
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
        journal = await fetch_records(
            conn, "SELECT act, details FROM journal_entry WHERE details ->> 'opened' = 'true'"
        )
    await act(awa, act="close")

    assert refused == (422, True)
    assert "C’est ouvert" in opened and "par Awa" in opened and await list_left(awa) != []
    assert (chosen.closed, chosen.opened_at is not None and chosen.opened_at <= datetime.now(UTC)) == (False, True)
    assert chosen.opened_by is not None and [row["act"] for row in journal] == ["settings_changed"]
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert (chosen.closed, chosen.opened_at, chosen.opened_by) == (True, None, None)


async def test_settings_that_were_read_before_do_not_close_or_open_it(door: Doorbell, awa: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        before = await preferences.load(conn)
        await preferences.save(conn, replace(before, legal_publisher="La Remise", legal_host="Chez nous"))
        await opening.open_site(conn, by=None)
        await preferences.save(conn, replace(before, name="Autre"))

        after = await preferences.load(conn)

    assert (after.closed, after.name, after.opened_at is not None) == (False, "Autre", True)


async def test_an_open_site_without_publisher_is_told_so(door: Doorbell) -> None:
    await add_member(door.instance, "awa", roles=["admin"])
    await add_member(door.instance, "medhi", roles=["moderator"])
    awa, medhi = [await (await door.ring()).log_in(name) for name in ("awa", "medhi")]

    told = [("qui publie ce" in (await one.open("/coop")).text) for one in (awa, medhi)]
    await awa.open("/coop/ouverture/mentions")
    await awa.send("/coop/ouverture/mentions", LEGAL)

    assert told == [True, False] and "qui publie ce" not in (await awa.open("/coop")).text
    assert await list_left(awa) == [], "the site is open: nothing is left before that"


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("mentions", LEGAL | {"legal_publisher": " "}, "legal_publisher"),
        ("mentions", LEGAL | {"legal_host": ""}, "legal_host"),
        ("mentions", LEGAL | {"legal_host": "x" * 301}, "legal_host"),
        ("horaires", {"opening_hours": "", "address": "ici"}, "hours_0"),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(
    awa: Visitor, path: str, fields: dict[str, str], field: str
) -> None:
    await awa.open(f"/coop/ouverture/{path}")
    await awa.send(f"/coop/ouverture/{path}", fields)

    assert awa.status == 422 and f'href="#{field}"' in awa.text
    assert all(value in awa.text for name, value in fields.items() if name != field)


async def test_made_up_acts_do_nothing(door: Doorbell, awa: Visitor) -> None:
    for fields in ({}, {"act": "burn"}, {"act": "later"}, {"act": "later", "step": "burn"}):
        await act(awa, **fields)
        assert awa.status == 422, fields
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM opening_step") == 0
        assert (await preferences.load(conn)).closed and not Preferences().closed


async def test_the_end_of_the_instance_stands_on_every_page_until_it_is_taken_back(
    door: Doorbell, awa: Visitor
) -> None:
    await add_member(door.instance, "zoe")
    zoe, visitor = await (await door.ring()).log_in("zoe"), await door.ring()
    async with transaction(door.instance.pool) as conn:
        await instance_shutdown.begin(conn, by=None)

    band = [
        ("ferme pour toujours" in one.text, "Annuler la fermeture" in one.text)
        for one in await open_all(awa, zoe, visitor)
    ]
    joining = (await visitor.open("/inscription")).text
    told = (await awa.open("/coop/ouverture")).text
    await act(awa, act="go_on")

    assert band == [(True, True), (True, False), (True, False)]
    assert "on n’y crée plus de compte" in joining and "deux membres" not in told
    assert "Il reste 14\u202fjours" in told.replace("\u00a0", "\u202f") or "Il reste 14 jours" in told
    assert "La fermeture est annulée" in awa.text and "ferme pour toujours" not in awa.text
    assert "ferme pour toujours" not in (await zoe.open("/aide")).text


async def open_all(*visitors: Visitor) -> list[Visitor]:
    return [await one.open("/aide") for one in visitors]


async def test_an_end_whose_time_has_come_is_not_taken_back(door: Doorbell, awa: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        await shutdown.begin(conn, by=None, due_at=datetime.now(UTC))

    await act(awa, act="go_on")

    assert awa.status == 422 and "ne s’annule plus" in awa.text
