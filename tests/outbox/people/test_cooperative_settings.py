"""The cooperative changes what it says of itself."""

import json
from dataclasses import replace

import pytest

from models import preferences
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor
from models.places import epcis
from models.places.places import fold_name
from models.preferences import Preferences
from models.store.database import Connection, execute, fetch_column
from outbox.people.cooperative_settings import require_agreeing, save_preferences
from tests.factories import HERE, make_local_actor

REMISE = Preferences(
    name="La Remise", sentence="On se prête <tout>.", territory_codes=("59355",), territory_name="Lomme"
)


@pytest.fixture
async def coop(conn: Connection) -> Actor:
    """Lomme and its built-in actors."""
    await execute(
        conn,
        """
        INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name, population,
            latitude, longitude, precision, kind)
        VALUES ('59355', 'Lomme', $1, '{59160}', '59', '32', '200093201', 'MEL', 27000, 50.64, 2.98, 'exact', 'commune')
        """,
        fold_name("Lomme"),
    )
    for username in actors.BUILT_IN[2:]:
        await make_local_actor(conn, username, type="Group")
    return await make_local_actor(conn, "coop", type="Organization", summary="<p>La coopérative.</p>")


async def list_updates(conn: Connection) -> list[str]:
    bodies = await fetch_column(conn, "SELECT body FROM activity WHERE type = 'Update' ORDER BY id")
    return [json.loads(body)["object"]["preferredUsername"] for body in bodies]


async def test_name_sentence_and_territory_stand_in_the_profile_of_the_coop(conn: Connection, coop: Actor) -> None:
    await save_preferences(conn, HERE, REMISE)

    after = await actors.get(conn, coop.id)
    assert (after.name, after.place_name, after.postcode) == ("La Remise", "Lomme", "59160")
    assert (after.commune_code, after.latitude, after.longitude) == ("59355", 50.64, 2.98)
    assert after.summary == "<p>On se prête &lt;tout&gt;.</p>"
    assert await preferences.load(conn) == REMISE


async def test_a_new_name_is_told_for_each_actor_that_carries_it(conn: Connection, coop: Actor) -> None:
    await save_preferences(conn, HERE, REMISE)

    assert sorted(await list_updates(conn)) == ["coop", "demandes", "depannage_velo", "offres", "services"]


async def test_a_new_sentence_is_told_for_the_coop_alone(conn: Connection, coop: Actor) -> None:
    await save_preferences(conn, HERE, REMISE)
    before = await list_updates(conn)

    await save_preferences(conn, HERE, replace(REMISE, sentence="On se prête presque tout."))

    assert (await list_updates(conn))[len(before) :] == ["coop"]


async def test_what_others_do_not_see_is_not_told(conn: Connection, coop: Actor) -> None:
    await save_preferences(conn, HERE, replace(Preferences(), accent="vert", registration="open", address="Ici"))

    assert await list_updates(conn) == []
    assert (await preferences.load(conn)).accent == "vert"


async def test_a_community_of_communes_has_its_own_middle(conn: Connection, coop: Actor) -> None:
    chosen = replace(REMISE, territory_kind="epci", territory_codes=("200093201",), territory_name="La Métropole")

    await save_preferences(conn, HERE, chosen)

    after, epci = await actors.get(conn, coop.id), await epcis.find_epci(conn, "200093201")
    assert epci is not None and (after.place_name, after.latitude) == ("La Métropole", epci.latitude)
    assert (after.postcode, after.commune_code) == (None, None)


def test_an_open_site_goes_on_naming_who_publishes_and_hosts_it() -> None:
    named = replace(REMISE, legal_publisher="La Remise", legal_host="Une salle, Lille")

    with pytest.raises(Invalid, match="legal_of_open_site"):
        require_agreeing(named, replace(named, legal_host=" "))
    require_agreeing(replace(named, closed=True), replace(named, legal_host="", closed=True))
    require_agreeing(REMISE, replace(REMISE, legal_publisher="La Remise"))  # open since before it was asked
