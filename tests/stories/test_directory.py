"""The network without a centre: who comes on Lomme's map by whose word, and who does not."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from federation.directory.crawl import crawl_due, draw_map
from models import preferences
from models.listings.listings import ListingDraft
from models.places import places
from models.preferences import Preferences
from models.servers import trust_levels
from models.servers.directory.deciding import remove, save_own_vouch, save_seed
from models.servers.directory.reading import DirectoryEntry, list_entries
from models.store.database import connection, execute, fetch_value, transaction
from outbox.listings.listings import publish
from outbox.people.cooperative_settings import save_listed, save_preferences
from tests.eventually import eventually
from tests.servers import RunningServer
from tests.stories.conftest import MakeServer
from web.server.worker.jobs import PERIODIC_TASKS

CODES = {"lomme": "59355", "henin": "62427", "lens": "62498", "carvin": "62215", "faux": "59350"}


@pytest.fixture(autouse=True)
def no_crawl_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The story says when somebody looks around: every ten minutes the servers would do so by themselves."""
    monkeypatch.delitem(PERIODIC_TASKS, "directory")


async def open_coop(make_server: MakeServer, name: str, number: int) -> RunningServer:
    """A cooperative that asks to be in the directory, with three offers in its commune; on an address of its own."""
    server = await make_server(name, address=f"127.0.0.{number}")
    alice = await server.add_member("alice")
    site = server.instance.site
    async with transaction(server.instance.pool) as conn:
        commune = await places.find_commune(conn, CODES[name])
        assert commune is not None
        chosen = Preferences(name=f"Coop de {name}", territory_name=commune.name, territory_codes=(commune.code,))
        await save_preferences(conn, site, chosen)
        await save_listed(conn, site, listed=True)
        where: dict[str, Any] = {
            "place_name": commune.name,
            "commune_code": commune.code,
            "latitude": commune.latitude,
            "longitude": commune.longitude,
            "radius": 2000,
        }
        for title in ("Tente", "Perceuse", "Échelle"):
            await publish(conn, site, alice.actor, ListingDraft(kind="offer", mode="loan", title=title, **where))
    return server


async def crawl(server: RunningServer) -> dict[str, DirectoryEntry]:
    """A day's crawl, ring after ring, until everybody was seen; then the map and who waits beside it."""
    await eventually(lambda: is_all_seen(server), within=60)
    async with transaction(server.instance.pool) as conn:
        await draw_map(conn)
        return {entry.host: entry for entry in await list_entries(conn)}


async def is_all_seen(server: RunningServer) -> bool:
    """Visit who is due; whether nobody is left."""
    await crawl_due(server.instance, pace=0)
    async with connection(server.instance.pool) as conn:
        return not await fetch_value(
            conn,
            """
            SELECT count(*) FROM territory
            WHERE visit_at < now() + interval '2 hours' AND removed_at IS NULL AND is_welcome(host)
            """,
        )


async def pass_time(server: RunningServer, days: int) -> None:
    """As if all that the directory knows had been seen so many days ago, and everybody were due again."""
    async with transaction(server.instance.pool) as conn:
        earlier = timedelta(days=days)
        await execute(
            conn,
            """
            UPDATE territory SET first_seen_at = first_seen_at - $1::interval, visit_at = now(),
                proven_at = proven_at - $1::interval, accepted_at = accepted_at - $1::interval
            """,
            earlier,
        )
        await execute(conn, "UPDATE territory_vouch SET since = since - $1::interval", earlier)
        await execute(conn, "UPDATE territory_credit SET at = at - $1::interval", earlier)
        await execute(conn, "DELETE FROM failed_fetch")


async def vouch(server: RunningServer, other: RunningServer) -> None:
    """Its administrators call the other a friend and vouch for it; the other is looked at once."""
    async with transaction(server.instance.pool) as conn:
        await trust_levels.save_level(conn, other.host, "friend")
        await save_own_vouch(conn, other.host, vouched=True)
    await crawl(server)


async def test_a_territory_comes_on_the_map_by_the_word_of_two_and_a_hostile_one_by_nobodys(
    make_server: MakeServer,
) -> None:
    lomme, henin, lens, carvin, faux = [
        await open_coop(make_server, name, number)
        for number, name in enumerate(("lomme", "henin", "lens", "carvin", "faux"), 2)
    ]

    # Lomme vouches for Hénin and Lens, Hénin for Carvin and, careless, for a false one, which vouches for whomever.
    await vouch(lomme, henin)
    await vouch(lomme, lens)
    await vouch(henin, carvin)
    await vouch(henin, faux)
    await vouch(faux, carvin)
    await vouch(faux, lens)
    await pass_time(lomme, 0)
    seen = await crawl(lomme)

    # By its own word Lomme sees its friends at once, and of the others why they are not on the map.
    assert [seen[one.host].hop for one in (henin, lens)] == [1, 1]
    assert (seen[henin.host].place_name, seen[henin.host].offers, seen[henin.host].open_proposals) == (
        "Hénin-Beaumont",
        3,
        3,
    )
    assert [(seen[one.host].accepted_at, seen[one.host].reason) for one in (carvin, faux)] == [
        (None, "one_voucher")
    ] * 2

    # Carvin is vouched for by a second friend of Lomme's; it is still new.
    await vouch(lens, carvin)
    await pass_time(lomme, 1)
    seen = await crawl(lomme)
    assert (seen[carvin.host].accepted_at, seen[carvin.host].reason) == (None, "age")

    # Two weeks later it is on the map, and the false one is not, whatever it says of itself.
    await pass_time(lomme, 14)
    seen = await crawl(lomme)
    assert (seen[carvin.host].hop, sorted(seen[carvin.host].vouchers)) == (2, sorted([henin.host, lens.host]))
    assert (seen[faux.host].accepted_at, seen[faux.host].reason) == (None, "one_voucher")

    # The map for everybody has the four places and no member.
    async with aiohttp.ClientSession() as session, session.get(f"{lomme.url}/territories.geojson") as answer:
        found = await answer.json(content_type="application/geo+json")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert [one["id"] for one in found["features"]] == [lomme.host, carvin.host, henin.host, lens.host]
    assert "alice" not in str(found)

    # Hénin withdraws its word for Carvin, which leaves the map the next day.
    async with transaction(henin.instance.pool) as conn:
        await save_own_vouch(conn, carvin.host, vouched=False)
    await pass_time(lomme, 1)
    seen = await crawl(lomme)
    assert (seen[carvin.host].accepted_at, seen[carvin.host].reason) == (None, "one_voucher")


async def test_nobody_is_asked_who_is_set_aside_and_a_removed_one_strikes_its_vouchers(make_server: MakeServer) -> None:
    lomme = await open_coop(make_server, "lomme", 2)
    henin = await open_coop(make_server, "henin", 3)
    faux = await open_coop(make_server, "faux", 4)
    async with transaction(lomme.instance.pool) as conn:
        await save_seed(conn, faux.host)
        await trust_levels.save_level(conn, faux.host, "aside")
    lomme.instance.policy.forget()
    await vouch(henin, faux)
    await vouch(lomme, henin)
    seen = await crawl(lomme)
    assert faux.host not in seen
    async with transaction(lomme.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT visited_at FROM territory WHERE host = $1", faux.host) is None
        await trust_levels.save_level(conn, faux.host, "reader")
    lomme.instance.policy.forget()
    await crawl(lomme)
    async with transaction(lomme.instance.pool) as conn:
        await remove(conn, faux.host, spam=True)
    await pass_time(lomme, 1)
    seen = await crawl(lomme)
    assert (seen[faux.host].spam, seen[faux.host].reason, seen[henin.host].strikes) == (True, "removed", 1)
    async with connection(lomme.instance.pool) as conn:
        assert (await preferences.load(conn)).directory_area == "france"
