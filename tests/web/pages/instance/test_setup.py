"""The first-run wizard, from the link in the log to the open platform."""

from collections.abc import AsyncIterator

import pytest

from federation.instance import Instance
from models import preferences
from models.access import one_time_links
from models.people import accounts, actors
from models.store.database import connection, fetch_value, transaction
from outbox.people.built_in_actors import create_built_in_actors, list_missing
from tests.web.form_client import Doorbell, Visitor, add_communes, add_member, shared_keys
from web.rendering.templating import Templates
from web.security.one_time_links import make_setup_link

AWA = {"name": "Awa", "username": "awa", "email": "awa@example.org", "password": "trente-deux vélos bleus"}

REMISE: dict[str, str | list[str]] = {
    "name": "La Remise",
    "sentence": "coopérative d’habitants",
    "territory_kind": "commune",
    "territory": "59160 Lomme",
    "territory_name": "",
}


@pytest.fixture
async def fresh(instance: Instance, templates: Templates) -> AsyncIterator[Doorbell]:
    """An instance that was started for the first time: nobody is there."""
    await add_communes(instance)
    async with transaction(instance.pool) as conn:
        missing = await list_missing(conn)
        await create_built_in_actors(conn, instance.site, {name: shared_keys() for name in missing})
    door = Doorbell(instance, templates)
    yield door
    await door.close()


async def make_link(door: Doorbell) -> str:
    async with transaction(door.instance.pool) as conn:
        link = await make_setup_link(conn, door.instance.site)
    assert link is not None
    return link.removeprefix(door.instance.site.url)


async def walk(door: Doorbell, link: str, *, until: str = "inscriptions") -> Visitor:
    """Through the steps, as far as the page of `until`."""
    visitor = await (await door.ring()).open(link)
    for step, fields in (("adresse", {"accept": "1"}), ("coop", REMISE), ("compte", AWA)):
        if until == step:
            return visitor
        await visitor.send(f"{link}/{step}", fields)
        assert visitor.status == 200, visitor.text
    return visitor


async def test_the_wizard_opens_the_platform(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    visitor = await walk(fresh, link)

    await visitor.send(f"{link}/inscriptions", {"registration": "open"})

    assert (visitor.status, visitor.path) == (200, "/coop")
    assert "La Remise" in visitor.text and "Lomme" in visitor.text
    async with connection(fresh.instance.pool) as conn:
        chosen, awa = await preferences.load(conn), await accounts.find_by_username(conn, "awa")
        coop, offers = await actors.find_local(conn, "coop"), await actors.find_local(conn, "offres")
    assert awa is not None and awa.roles == ["admin"] and awa.confirmed_at is not None
    assert (chosen.name, chosen.territory_codes, chosen.territory_name) == ("La Remise", ("59355",), "Lomme")
    assert chosen.registration == "open"
    assert coop is not None and (coop.name, coop.place_name, coop.commune_code) == ("La Remise", "Lomme", "59355")
    assert offers is not None and "La Remise" in offers.name
    assert (await visitor.open("/coop/reglages")).status == 200


async def test_the_address_is_shown_and_warned_of(fresh: Doorbell) -> None:
    visitor = await walk(fresh, await make_link(fresh), until="adresse")

    assert "http://lomme.test" in visitor.text and "définitive" in visitor.text and "DECLIC_URL" in visitor.text


async def test_the_address_must_be_agreed_to(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    visitor = await walk(fresh, link, until="adresse")

    await visitor.send(f"{link}/adresse")

    assert visitor.status == 422 and 'href="#accept"' in visitor.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"territory": ""}, "territory"),
        ({"territory": "Nulle-Part-les-Bains"}, "territory"),
        ({"territory": "Lomme, Lille"}, "territory"),
        ({"territory_kind": "epci", "territory": "Communauté de nulle part"}, "territory"),
    ],
)
async def test_a_mistake_about_the_coop_is_said_at_its_field(
    fresh: Doorbell, changes: dict[str, str], field: str
) -> None:
    link = await make_link(fresh)
    visitor = await walk(fresh, link, until="coop")

    await visitor.send(f"{link}/coop", REMISE | changes)

    assert visitor.status == 422 and f'href="#{field}"' in visitor.text
    async with connection(fresh.instance.pool) as conn:
        assert (await preferences.load(conn)).name == ""


@pytest.mark.parametrize(
    ("kind", "typed", "codes", "said"),
    [
        ("communes", "Lomme, 59130 Lambersart , Lomme", ("59355", "59328"), "Lomme, Lambersart"),
        ("epci", "Hénin-Carvin", ("246200364",), "Hénin-Carvin"),
        ("epci", "Carvin", ("246200364",), "Hénin-Carvin"),
    ],
)
async def test_a_territory_may_be_several_communes_or_their_community(
    fresh: Doorbell, kind: str, typed: str, codes: tuple[str, ...], said: str
) -> None:
    link = await make_link(fresh)
    visitor = await walk(fresh, link, until="coop")

    await visitor.send(f"{link}/coop", REMISE | {"territory_kind": kind, "territory": typed})

    assert visitor.status == 200
    async with connection(fresh.instance.pool) as conn:
        chosen, coop = await preferences.load(conn), await actors.find_local(conn, "coop")
    assert (chosen.territory_kind, chosen.territory_codes, chosen.territory_name) == (kind, codes, said)
    assert coop is not None and coop.latitude is not None


async def test_a_mistake_in_the_first_account_is_said_at_its_field(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    visitor = await walk(fresh, link, until="compte")

    await visitor.send(f"{link}/compte", AWA | {"username": "admin", "password": "court"})

    assert visitor.status == 422
    assert 'href="#username"' in visitor.text and 'href="#password"' in visitor.text
    assert 'value="awa@example.org"' in visitor.text and "court" not in visitor.text
    await visitor.send(f"{link}/compte", AWA | {"username": "admin"})
    assert f'type="password" value="{AWA["password"]}"' in visitor.text, "it was right, and is not asked for twice"
    again = await visitor.client.post(
        f"{link}/compte", data=visitor.hidden_fields(f"{link}/compte") | AWA | {"name": ""}
    )
    assert again.status == 422 and again.headers["Cache-Control"] == "private, no-store"


async def test_the_wizard_leads_to_nothing_that_is_not_there_yet(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    visitor = await (await fresh.ring()).open("/installation")
    hint = visitor.text

    await visitor.open(link)

    for page in (hint, visitor.text):
        assert 'class="bar"' not in page and 'href="/publier"' not in page and 'href="/annonces"' not in page


async def test_the_wizard_is_gone_once_it_was_followed(fresh: Doorbell) -> None:
    link, other_link = await make_link(fresh), await make_link(fresh)
    visitor = await walk(fresh, link)
    await visitor.send(f"{link}/inscriptions", {"registration": "closed"})

    for path in (link, f"{link}/compte", other_link, "/installation"):
        assert (await visitor.open(path)).status == 404
        assert (await (await fresh.ring()).open(path)).status == 404
    async with transaction(fresh.instance.pool) as conn:
        assert await make_setup_link(conn, fresh.instance.site) is None


async def test_a_second_administrator_does_not_slip_in(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    intruder = await walk(fresh, link, until="compte")
    await walk(fresh, link)

    await intruder.send(f"{link}/compte", AWA | {"username": "intrus", "email": "intrus@example.org"})

    assert intruder.status == 404
    async with connection(fresh.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM account") == 1


async def test_the_wizard_goes_on_where_it_was_left(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    visitor = await walk(fresh, link)

    await visitor.open(f"{link}/compte")

    assert visitor.status == 200 and "Qui peut entrer" in visitor.text


async def test_a_made_up_link_opens_nothing(fresh: Doorbell) -> None:
    visitor = await fresh.ring()

    assert (await visitor.open(f"/installation/{'x' * 43}")).status == 404
    assert (await visitor.open("/installation")).status == 200


async def test_the_first_page_says_where_the_way_in_is_until_somebody_is_here(fresh: Doorbell) -> None:
    visitor = await fresh.ring()

    page = await visitor.open("/")
    assert page.status == 200 and "pas encore installée" in page.text and "declic first-run" in page.text
    assert f"{fresh.instance.site.url}/installation/" in page.text

    await add_member(fresh.instance)
    assert "pas encore installée" not in (await visitor.open("/")).text


async def test_the_link_of_a_member_is_no_link_to_the_wizard(fresh: Doorbell) -> None:
    alice = await add_member(fresh.instance)
    async with transaction(fresh.instance.pool) as conn:
        token = await one_time_links.create(conn, "login", actor_id=alice)

    assert (await (await fresh.ring()).open(f"/installation/{token}")).status == 404


async def test_nothing_is_finished_without_an_administrator(fresh: Doorbell) -> None:
    link = await make_link(fresh)
    visitor = await (await fresh.ring()).open(f"{link}/inscriptions")

    await visitor.send(f"{link}/inscriptions", {"registration": "open"})

    assert visitor.path == f"{link}/compte" and visitor.status == 200
