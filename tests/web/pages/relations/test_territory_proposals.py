"""A member proposes a territory to the cooperative; the team settles it by one tap, and she learns what became."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.news import news
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.relations import follows
from models.servers import territory_proposals
from models.store.database import connection, fetch_column, fetch_value, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOST = "henin.test"


@pytest.fixture
async def admin(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Nadia, who administers; her cooperative does not follow Hénin-Carvin's."""
    admin = await open_browser(lomme.admin)
    await admin.send("/reseau/suivre", {"host": HOST, "acting_as": "coop", "act": "stop"}, form_on="/reseau")
    return admin


async def propose(browser: Browser, host: str = HOST, reason: str = "Ils ont une presse à pommes.") -> str:
    """What the page says then."""
    answer = await browser.send("/reseau/proposer", {"proposed": host, "reason": reason}, form_on="/reseau")
    return (await browser.get(answer.location) if answer.status == 303 else answer).words()


async def list_told(instance: Instance, who: Actor) -> list[str]:
    """The kinds of her news of this matter."""
    async with connection(instance.pool) as conn:
        told = [one.type for one in await news.list_news(conn, who.id)]
        return [type for type in told if type.startswith("territory")]


async def test_what_a_member_proposes_is_followed_by_one_tap_and_told_to_all_who_proposed_it(
    admin: Browser, alice: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    words = await propose(alice, "@coop@Henin.test")
    assert "l’équipe de la coop regarde" in words and "henin.test : l’équipe n’a pas encore répondu" in words
    await propose(await open_browser(lomme.hocine), f"https://{HOST}/annonces/3", "Et des moules à gaufres.")
    assert "Maryse propose une coop à suivre" in (await admin.get("/notifications")).words()
    assert "Une coop à suivre vous est proposée : henin.test" in (await admin.get("/coop")).words()
    words = (await admin.get("/reseau")).words()
    assert "Maryse" in words and "presse à pommes" in words and "moules à gaufres" in words
    assert "Proposer une coop à la vôtre" not in words

    answer = await admin.send(f"/coop/serveurs/{HOST}/amitie", {"act": "link", "back": "reseau"}, form_on="/reseau")

    assert (answer.status, answer.location) == (303, "/reseau?fait=link")
    assert "moules à gaufres" not in (await admin.get("/reseau")).words()
    async with connection(instance.pool) as conn:
        assert await follows.find(conn, follower_id=lomme.coop.id, followed_id=lomme.offers_there.id) is not None
        assert await fetch_column(conn, "SELECT state FROM friendship") == ["proposed"]
    assert await list_told(instance, lomme.admin) == []
    assert await list_told(instance, lomme.hocine) == await list_told(instance, lomme.alice) == ["territory_answered"]
    told = "henin.test : votre coop suit maintenant ce territoire, que vous aviez proposé"
    assert told in (await alice.get("/notifications")).words() and told in (await alice.get("/reseau")).words()


async def test_a_no_goes_with_a_sentence(admin: Browser, alice: Browser, lomme: Village, instance: Instance) -> None:
    await propose(alice)
    no = {"act": "turn_down", "answer": "Elle n’est plus tenue.", "back": "reseau"}
    answer = await admin.send(f"/coop/serveurs/{HOST}/amitie", no, form_on="/reseau")

    assert "les membres qui la proposaient l’apprennent" in (await admin.get(answer.location)).words()
    for page in ("/notifications", "/reseau"):
        words = (await alice.get(page)).words()
        assert "votre coop ne suit pas ce territoire pour l’instant" in words and "Elle n’est plus tenue." in words
    async with connection(instance.pool) as conn:
        [(what, host)] = await fetch_column(
            conn,
            "SELECT ARRAY[details->>'what', details->>'host'] FROM journal_entry WHERE act = 'server_decided'",
        )
    assert (what, host) == ("turn_down", HOST)
    assert "laissez passer un mois" in await propose(alice)
    again = await admin.send(f"/coop/serveurs/{HOST}/amitie", no, form_on="/reseau")
    assert again.status == 422 and "Plus personne ne la propose" in again.words()


async def test_she_takes_it_back_and_the_team_hears_no_more_of_it(
    admin: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    await propose(alice)
    await alice.send("/reseau/proposer/retirer", {"host": HOST}, form_on="/reseau")
    assert HOST not in (await alice.get("/notifications")).words()
    assert await list_told(instance, lomme.admin) == []
    assert "Des membres les proposent" not in (await admin.get("/reseau")).words()
    again = await alice.send("/reseau/proposer/retirer", {"host": HOST}, form_on="/reseau")
    assert again.status == 422 and "L’équipe a déjà répondu à cette proposition" in again.words()


@pytest.mark.parametrize(
    ("host", "reason", "words"),
    [
        ("", "Oui.", "Tapez l’adresse d’une coop."),
        ("nulle part", "Oui.", "Écrivez-la comme henin-carvin.example"),
        ("lomme.test", "Oui.", "C’est l’adresse de votre propre coop."),
        (HOST, "", "Dites pourquoi, en une phrase."),
        (HOST, "o" * 301, "300"),
        (HOST, "Oui.", "Votre coop suit déjà ce territoire."),
    ],
)
async def test_what_cannot_be_proposed_is_said_and_nothing_typed_is_lost(
    alice: Browser, instance: Instance, host: str, reason: str, words: str
) -> None:
    said = await alice.send("/reseau/proposer", {"proposed": host, "reason": reason}, form_on="/reseau")
    assert said.status == 422 and words in said.words() and reason in said.text
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM territory_proposal") == 0


async def test_five_wait_at_most_and_each_once(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(4):
            await territory_proposals.save(conn, lomme.alice.id, f"coop{number}.test", "Oui.")
    assert "Vous avez déjà proposé cette coop" in await propose(alice, "coop1.test")
    assert "l’équipe de la coop regarde" in await propose(alice, "coop4.test")
    assert "5 de vos propositions attendent déjà" in await propose(alice, "coop5.test")


async def test_what_is_settled_is_remembered_so_far_and_goes_with_the_account(
    lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(territory_proposals.KEPT + 2):
            await territory_proposals.save(conn, lomme.alice.id, f"coop{number}.test", "Oui.")
            assert await territory_proposals.settle(conn, [f"coop{number}.test"], "declined") == [lomme.alice.id]
        await territory_proposals.save(conn, lomme.alice.id, "attend.test", "Oui.")
        assert len(await territory_proposals.list_own(conn, lomme.alice.id)) == territory_proposals.KEPT
        await account_erasure.erase(conn, lomme.alice.id)
        assert await territory_proposals.list_own(conn, lomme.alice.id) == []


async def test_who_may_not_decide_turns_nothing_down(alice: Browser, admin: Browser, instance: Instance) -> None:
    await propose(alice)
    assert "Des membres les proposent" not in (await alice.get("/reseau")).words()
    answer = await alice.send(f"/coop/serveurs/{HOST}/amitie", {"act": "turn_down"}, form_on="/reseau")
    assert answer.status == 404
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT state FROM territory_proposal") == ["waiting"]
