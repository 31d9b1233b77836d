"""A bike is given with its book by a code: both say yes, and nothing goes that she does not want to give."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.repairs.bikes import bikes, entries, files, handovers, offers
from models.repairs.bikes.bikes import MOST_BIKES
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.files import StoredFile
from models.repairs.bikes.offers import NewOffer
from models.repairs.frame_numbers import sightings
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.bikes import make_bike
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.repairs.bikes import taking

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Who takes it."""
    return await open_browser(lomme.hocine)


@pytest.fixture
async def home(instance: Instance, lomme: Village) -> str:
    """A bike of Alice's with a line, a photo and an invoice."""
    async with transaction(instance.pool) as conn:
        bike = await make_bike(conn, lomme.alice, frame_number="AB1234567", notes="Cadenas 4812")
        entry = await entries.add(conn, bike, EntryDetails(done_on=date(2026, 5, 3), title="Chaîne changée"))
        kinds: dict[files.Kind, str] = {"photo": "p", "invoice": "i"}
        for kind, key in kinds.items():
            stored = StoredFile(mime_type="image/jpeg", file_key=key, thumbnail_key=None, byte_size=9)
            await files.add(conn, bike, entry, kind, stored)
        await sightings.add(conn, bike, "lens.test", "eva@lens.test")
    return f"/mes-velos/{bike}"


async def make_code(alice: Browser, home: str, **fields: str) -> str:
    page = await alice.send(f"{home}/donner", fields, form_on=f"{home}/donner")
    found = re.search(r"http://lomme\.test(/velo/[\w-]+)", page.text)
    assert found is not None and "<svg" in page.text and page.headers["Cache-Control"] == "no-store"
    return found[1]


@pytest.mark.parametrize("told", [True, False])
async def test_it_goes_once_both_said_yes(
    alice: Browser, hocine: Browser, lomme: Village, instance: Instance, home: str, told: bool
) -> None:
    code = await make_code(alice, home, **({"named": "1", "with_invoices": "1"} if told else {}))
    assert code not in (await alice.get(f"{home}/donner")).text
    page = await hocine.get(code)
    assert "Une ligne dans le carnet" in page.words() and "AB1234567" not in page.text and "4812" not in page.text
    assert ("Maryse" in page.words(), "Avec une facture" in page.words()) == (told, told)

    await hocine.send(code, {}, form_on=code)
    async with connection(instance.pool) as conn:
        [before] = await bikes.list_own(conn, lomme.alice.id)
        assert before.left_at is None and not await bikes.list_own(conn, lomme.hocine.id)
    assert "Hocine a dit oui" in (await alice.get(f"{home}/donner")).words()
    given = await alice.send(f"{home}/donner/oui", {}, form_on=f"{home}/donner")

    assert given.location == "/mes-velos?fait=handed"
    async with connection(instance.pool) as conn:
        [kept], [got] = [await bikes.list_own(conn, one.id) for one in (lomme.alice, lomme.hocine)]
        assert (kept.left_how, kept.frame_number, await entries.count(conn, kept.id)) == ("handed-over", "", 0)
        assert (got.frame_number, got.notes, await entries.count(conn, got.id)) == ("AB1234567", "", 1)
        assert await sightings.list_own(conn, lomme.hocine.id) == []
        assert got.came_from == ("Maryse" if told else "") and got.came_on is not None
        assert len(await files.list_of_bike(conn, got.id)) == (2 if told else 1)
        said = await fetch_column(
            conn, "SELECT content FROM post WHERE audience = 'direct' AND content LIKE '%carnet%'"
        )
        assert len(said) == 2
    assert (await alice.get(home)).status == 404 and (await hocine.get(home)).status == 200
    assert "Le carnet est parti avec le vélo" in (await alice.get(f"/mes-velos/{kept.id}")).words()
    assert (await hocine.get(code)).status == 410


async def test_the_first_yes_counts_and_a_cancelled_code_opens_nothing(
    alice: Browser, hocine: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, home: str
) -> None:
    first = await make_code(alice, home)
    code = await make_code(alice, home)
    assert (await hocine.get(first)).status == 410
    late = await open_browser(lomme.admin)
    shown = await late.get(code)
    await hocine.send(code, {}, form_on=code)

    answer = await late.ask(
        "POST", code, {"csrf_token": shown.html.xpath("string(//input[@name='csrf_token']/@value)")}
    )
    assert answer.status == 422 and "déjà dit oui" in answer.words()
    await alice.send(f"{home}/donner/annuler", {}, form_on=f"{home}/donner")

    again = await alice.send(f"{home}/donner/oui", {}, form_on=f"{home}/donner")
    assert again.status == 404 and (await hocine.get(code)).status == 410
    async with connection(instance.pool) as conn:
        assert not await bikes.list_own(conn, lomme.hocine.id)


async def test_a_visitor_is_led_to_log_in_and_owners_take_nothing_of_their_own(
    alice: Browser, visitor: Browser, home: str
) -> None:
    code = await make_code(alice, home)

    assert f"/connexion?retour={code}" in (await visitor.get(code)).text
    assert (await visitor.ask("POST", code)).status == 303
    own = await alice.send(code, {}, form_on=f"{home}/donner")
    assert own.status == 422 and "C’est déjà votre vélo" in own.words()


@pytest.mark.parametrize("what", ["expired", "stolen", "left", "suspended", "full"])
async def test_what_cannot_be_given_stays(
    alice: Browser, hocine: Browser, lomme: Village, instance: Instance, home: str, what: str
) -> None:
    code = await make_code(alice, home)
    if what != "expired":
        await hocine.send(code, {}, form_on=code)
    bike = int(home.rpartition("/")[2])
    async with transaction(instance.pool) as conn:
        match what:
            case "expired":
                await execute(conn, "UPDATE bike_handover SET expires_at = now()")
            case "stolen":
                await bikes.mark_stolen(conn, bike, stolen=True)
            case "left":
                await bikes.mark_left(conn, bike, "sold")
            case "suspended":
                await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", lomme.hocine.id)
            case _:
                for number in range(MOST_BIKES):
                    await make_bike(conn, lomme.hocine, f"Vélo {number}")

    answer = await alice.send(f"{home}/donner/oui", {}, form_on="/mes-velos")

    assert answer.status == (404 if what == "expired" else 422)
    async with connection(instance.pool) as conn:
        assert (await bikes.get_own(conn, lomme.alice.id, bike)).frame_number == "AB1234567"
        assert await entries.count(conn, bike) == 1


async def test_of_two_confirmations_one_counts(alice: Browser, hocine: Browser, instance: Instance, home: str) -> None:
    code = await make_code(alice, home)
    await hocine.send(code, {}, form_on=code)

    first = await alice.send(f"{home}/donner/oui", {}, form_on=f"{home}/donner")
    second = await alice.send(f"{home}/donner/oui", {}, form_on="/mes-velos")

    assert (first.status, second.status) == (303, 404)
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM bike") == 2
        assert await handovers.find_of_bike(conn, int(home.rpartition("/")[2])) is None


async def test_a_member_of_another_cooperative_is_asked_there(
    alice: Browser, visitor: Browser, lomme: Village, instance: Instance, home: str
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn, "UPDATE actor SET territory_uri = 'https://henin.test/users/coop' WHERE id = $1", lomme.bob.id
        )
    code = await make_code(alice, home)
    path, form = f"{code}/ailleurs", {"form_on": code}

    asked = await visitor.send(path, {"address": "bob@henin.test"}, **form)
    again = await visitor.send(path, {"address": "@bob@henin.test"}, **form)
    nobody = await visitor.send(path, {"address": "@personne@nulle-part.test"}, **form)
    own = await visitor.send(path, {"address": "@alice@lomme.test"}, **form)

    assert asked.status == 200 and "Ouvrez maintenant « Mes vélos » sur henin.test" in asked.words()
    assert "déjà été proposé" in again.words() and "Nous ne trouvons personne" in nobody.words()
    assert "connectez-vous, plutôt" in own.words()
    async with connection(instance.pool) as conn:
        [body] = await fetch_column(conn, "SELECT body FROM activity WHERE type = 'Offer' AND body LIKE '%BikeBook%'")
    assert "AB1234567" not in body and "4812" not in body


async def test_a_code_that_closes_while_another_server_is_asked_opens_nothing(
    alice: Browser, visitor: Browser, lomme: Village, instance: Instance, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(*_: Any) -> Actor:
        async with transaction(instance.pool) as conn:
            await bikes.remove(conn, int(home.rpartition("/")[2]))
        return lomme.bob

    monkeypatch.setattr(taking, "resolve_handle", resolve)
    code = await make_code(alice, home)

    asked = await visitor.send(f"{code}/ailleurs", {"address": "@bob@henin.test"}, form_on=code)

    assert asked.status == 410


async def test_what_is_offered_from_elsewhere_is_taken_or_declined(
    hocine: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(2):
            offer = NewOffer(
                offer_uri=f"{lomme.bob.uri}/activities/{number}",
                giver_id=lomme.bob.id,
                taker_id=lomme.hocine.id,
                name=f"Vélo {number}",
                bike_type="cargo",
                lines=3,
                expires_at=datetime.now(UTC) + timedelta(days=1),
            )
            assert await offers.add(conn, offer)
        first, second = await offers.list_waiting(conn, lomme.hocine.id)
    page = (await hocine.get("/mes-velos")).words()
    assert "On vous donne un vélo" in page and "3 lignes dans son carnet" in page and "De henin.test" in page
    assert "On vous donne un vélo" in (await hocine.get("/compte")).words()

    others = await alice.send(f"/mes-velos/offerts/{first.id}", {}, form_on="/mes-velos/nouveau")
    yes = await hocine.send(f"/mes-velos/offerts/{first.id}", {}, form_on="/mes-velos")
    twice = await hocine.send(f"/mes-velos/offerts/{first.id}", {}, form_on="/mes-velos")
    waits = await hocine.get("/mes-velos")
    assert len(waits.html.xpath("//section[@aria-labelledby='offerts']//input[@value='decline']")) == 2
    assert len(waits.html.xpath("//section[@aria-labelledby='offerts']//button[contains(., 'je le prends')]")) == 1
    no = await hocine.send(f"/mes-velos/offerts/{second.id}", {"act": "decline"}, form_on="/mes-velos")

    codes = [one.location.partition("=")[2] for one in (others, yes, twice, no)]
    assert codes == ["offer_late", "offer_accepted", "offer_late", "offer_declined"]
    async with connection(instance.pool) as conn:
        [kept] = await offers.list_waiting(conn, lomme.hocine.id)
        assert kept.accepted_at is not None
        assert await fetch_value(conn, "SELECT count(*) FROM delivery d JOIN activity a ON a.id = d.activity_id") == 1
    await hocine.send(f"/mes-velos/offerts/{first.id}", {"act": "decline"}, form_on="/mes-velos")
    assert "On vous donne un vélo" not in (await hocine.get("/mes-velos")).words()


async def test_a_book_under_way_is_read_and_kept_after_two_days_without_a_word(
    alice: Browser, lomme: Village, instance: Instance, home: str
) -> None:
    bike_id = int(home.rpartition("/")[2])
    async with transaction(instance.pool) as conn:
        bike = await bikes.get_own(conn, lomme.alice.id, bike_id)
        await handovers.begin(conn, bike, named=False, with_invoices=False)
        handover = await handovers.find_of_bike(conn, bike_id)
        assert handover is not None and await handovers.take(conn, handover.id, lomme.bob.id)
        await handovers.mark_sent(conn, handover, f"{lomme.alice.uri}/activities/book")
    shown = (await alice.get(home)).words()
    assert "en route vers" in shown and "henin.test" in shown and "Chaîne changée" in shown
    assert "je le garde" not in shown and "Écrire une ligne" not in shown

    early = await alice.send(f"{home}/etat", {"state": "back"}, form_on=home)
    assert "rien n’a changé" in (await alice.get(early.location)).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE bike SET left_at = now() - interval '49 hours' WHERE id = $1", bike_id)
    assert "Ce n’est jamais arrivé : je le garde" in (await alice.get(home)).words()
    kept = await alice.send(f"{home}/etat", {"state": "back"}, form_on=home)

    page = (await alice.get(kept.location)).words()
    assert "de nouveau avec les vôtres" in page and "Écrire une ligne" in page and "en route" not in page
