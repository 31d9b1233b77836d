"""The directory as administrators keep it, and the network page as it is seen from here."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from models import preferences
from models.people import actors
from models.people.actors import Actor
from models.servers.directory.reading import DirectoryEntry, list_entries
from models.servers.directory.values import Reason
from models.store.database import Pool, connection, fetch_value, transaction
from tests.sample_directory import add_sample_directory
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.servers.directory_reasons import SENTENCES

PAGE = "/coop/territoires"


@pytest.fixture
async def atlas(lomme: Village, pool: Pool) -> AsyncIterator[Pool]:
    """The village with its directory."""
    async with transaction(pool) as conn:
        await add_sample_directory(conn)
    yield pool


async def read_entries(pool: Pool) -> dict[str, DirectoryEntry]:
    async with connection(pool) as conn:
        return {entry.host: entry for entry in await list_entries(conn)}


async def count_jobs(pool: Pool) -> int:
    async with connection(pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'directory'"))


@pytest.fixture
async def odile(open_browser: Callable[[Actor | None], Awaitable[Browser]], atlas: Pool, lomme: Village) -> Browser:
    """Odile, who administers."""
    return await open_browser(lomme.admin)


async def decide(odile: Browser, act: str, host: str = "", **fields: str) -> str:
    """Where she is sent after a decision."""
    answer = await odile.send(PAGE, {"act": act, "host": host} | fields, form_on=PAGE)
    assert answer.status == 303, answer.words()
    return answer.location


async def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


async def test_members_do_not_keep_the_directory(alice: Browser) -> None:
    assert (await alice.get(PAGE)).status == 404
    assert (await alice.send(PAGE, {"act": "register", "listed": "1"}, form_on="/compte")).status == 404


async def test_the_page_says_who_is_on_the_map_by_whose_word_and_why_others_are_not(odile: Browser) -> None:
    words = (await odile.get(PAGE)).words()

    assert "Sur votre carte : 4 coops" in words
    assert "libercourt.testRecommandée par Hénin-Carvin, Hellemmes" in words
    assert "henin.testVotre coop s’en porte garante" in words
    assert "A recommandé un faux territoire" in words
    assert "Une seule coop de la carte la recommande ; il en faut 2." in words
    assert "Elle ne dit pas où est son territoire." in words
    assert "gratuit.test, faux territoire" in words


async def test_to_vouch_makes_a_friend_and_draws_the_map_anew(odile: Browser, atlas: Pool) -> None:
    assert await decide(odile, "vouch", "lens.test") == f"{PAGE}?fait=vouch"

    lens = (await read_entries(atlas))["lens.test"]
    assert (lens.friend, lens.vouched, lens.hop, lens.accepted_at is not None) == (True, True, 1, True)
    assert "Votre coop se porte garante" in (await odile.get(f"{PAGE}?fait=vouch")).words()


async def test_a_vouch_withdrawn_takes_those_along_who_stood_on_it(odile: Browser, atlas: Pool) -> None:
    await decide(odile, "stop_vouching", "henin.test")

    found = await read_entries(atlas)
    assert (found["henin.test"].reason, found["libercourt.test"].reason) == ("unvouched", "one_voucher")


async def test_a_false_territory_strikes_its_vouchers_and_may_come_back(odile: Browser, atlas: Pool) -> None:
    await decide(odile, "spam", "libercourt.test")
    found = await read_entries(atlas)
    assert [found[host].strikes for host in ("henin.test", "hellemmes.test")] == [1, 2]
    assert (found["libercourt.test"].spam, found["armentieres.test"].reason) == (True, "strikes")

    await decide(odile, "restore", "libercourt.test")
    found = await read_entries(atlas)
    assert [found[host].strikes for host in ("henin.test", "hellemmes.test")] == [0, 1]
    assert found["libercourt.test"].reason == "not_visited"


async def test_removed_without_a_strike(odile: Browser, atlas: Pool) -> None:
    await decide(odile, "withdraw", "libercourt.test")

    found = await read_entries(atlas)
    assert (found["libercourt.test"].spam, found["henin.test"].strikes) == (False, 0)


@pytest.mark.parametrize(
    "typed", ["douai.test", "https://douai.test/annonces", "@coop@douai.test", "DOUAI.test."], ids=str
)
async def test_a_coop_is_added_as_people_type_it_and_visited_soon(odile: Browser, atlas: Pool, typed: str) -> None:
    await decide(odile, "add", address=typed)

    entry = (await read_entries(atlas))["douai.test"]
    assert (entry.seed, entry.reason) == (True, "not_visited")
    assert await count_jobs(atlas) == 1
    assert "Nous n’y sommes pas encore passés" in (await odile.get(PAGE)).words()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Tapez l’adresse d’une coop."),
        ("pas une adresse", "Écrivez-la comme henin-carvin.example"),
        ("lomme.test", "C’est l’adresse de votre propre coop."),
    ],
)
async def test_what_is_no_address_comes_back_with_a_sentence(odile: Browser, typed: str, sentence: str) -> None:
    answer = await odile.send(PAGE, {"act": "add", "address": typed}, form_on=PAGE)

    assert answer.status == 422
    assert sentence in answer.words()


async def test_the_cooperative_asks_to_be_listed_and_no_longer(odile: Browser, atlas: Pool) -> None:
    for fields, listed in (({"listed": "1"}, True), ({}, False)):
        await decide(odile, "register", **fields)

        async with connection(atlas) as conn:
            assert (await actors.get_local(conn, "coop")).discoverable is listed


async def test_the_area_is_chosen(odile: Browser, atlas: Pool) -> None:
    await decide(odile, "zone", zone="anywhere")

    async with connection(atlas) as conn:
        assert (await preferences.load(conn)).directory_area == "anywhere"


async def test_the_network_page_is_seen_from_here(visitor: Browser, atlas: Pool) -> None:
    words = (await visitor.get("/reseau")).words()

    assert "20 offres, 8 demandes, 3 appels à dépannage" in words
    assert "Comment cette liste est faite" in words
    assert words.index("Hellemmes") < words.index("Libercourt") < words.index("Armentières")
    assert "La Gaillette" not in words
    assert "Les Bobineuses" in words and "silencieuse, entendue il y a 2 semaines" in words
