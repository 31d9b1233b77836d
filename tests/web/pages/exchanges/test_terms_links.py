"""The link in a private question, as people and mail scanners open it."""

from datetime import timedelta

import pytest

from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms, links
from models.people import actors
from models.store.database import connection, execute, fetch_column, transaction
from outbox.exchanges.agreements.agreements import counter, propose
from tests.factories import make_listing, make_member, make_remote_actor
from tests.outbox.threads.test_terms_in_words import START
from tests.rulings import rule
from tests.web.form_client import Doorbell

TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=3), place="La Remise")


async def make_question(door: Doorbell) -> tuple[Agreement, str]:
    """Alice proposes days to Bob, who has no account here; the address of his link."""
    async with transaction(door.instance.pool) as conn:
        anna, bob = await make_member(conn, "anna"), await make_remote_actor(conn, "bob", "mastodon.test")
        listing = await make_listing(conn, anna, title="Tente quatre places")
        thread = await exchanges.open(conn, listing_id=listing.id, owner_id=anna.id, partner_id=bob.id)
        held = await propose(conn, door.instance.site, anna, thread, TERMS)
        token = await links.create(conn, held, bob.id)
    return held, f"/accord/{token}"


async def state_of(door: Doorbell, held: Agreement) -> str:
    """As it stands now."""
    async with connection(door.instance.pool) as conn:
        return (await agreements.get(conn, held.id)).state


async def test_looking_changes_nothing_and_shows_the_terms(door: Doorbell) -> None:
    held, link = await make_question(door)
    visitor = await door.ring()

    for _ in range(3):
        await visitor.open(link)

    assert visitor.status == 200
    assert "Tente quatre places" in visitor.text and "La Remise" in visitor.text and "Anna" in visitor.text
    assert await state_of(door, held) == "countered"


async def test_yes_settles_it_once(door: Doorbell) -> None:
    held, link = await make_question(door)
    first, twice, second = [await door.ring() for _ in range(3)]
    for one in (first, twice, second):
        await one.open(link)

    await first.send(link, {"answer": "oui"})

    assert first.status == 200 and "vous êtes d’accord avec Anna" in first.text
    assert await state_of(door, held) == "agreed"
    await twice.send(link, {"answer": "oui"})
    assert twice.status == 200 and "vous êtes d’accord avec Anna" in twice.text, "a second tap is no error"
    async with connection(door.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT kind FROM exchange_event ORDER BY id") == ["countered", "agreed"]
    await second.send(link, {"answer": "non"})
    assert second.status == 410 and "Ce lien ne sert plus" in second.text
    assert await state_of(door, held) == "agreed"


async def test_no_says_why(door: Doorbell) -> None:
    held, link = await make_question(door)
    visitor = await door.ring()
    await visitor.open(link)

    await visitor.send(link, {"answer": "non", "reason": "Je serai en voyage."})

    async with connection(door.instance.pool) as conn:
        refused = await agreements.get(conn, held.id)
    assert (refused.state, refused.reason) == ("refused", "Je serai en voyage.")


async def test_an_answer_without_a_choice_keeps_the_words(door: Doorbell) -> None:
    held, link = await make_question(door)
    visitor = await door.ring()
    await visitor.open(link)

    await visitor.send(link, {"reason": "Je serai en voyage."})

    assert visitor.status == 422 and "Choisissez oui ou non" in visitor.text and "Je serai en voyage." in visitor.text
    assert await state_of(door, held) == "countered"


@pytest.mark.parametrize("answer", ["oui", "non"])
async def test_a_link_answers_the_terms_that_it_shows_and_no_others(door: Doorbell, answer: str) -> None:
    held, link = await make_question(door)
    visitor = await door.ring()
    await visitor.open(link)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET proposed_by = partner_id")
        await counter(conn, door.instance.site, await actors.get(conn, held.owner_id), held, TERMS)

    await visitor.send(link, {"answer": answer})

    assert await state_of(door, held) == "countered"
    assert visitor.status == 422 and "ne sont plus sur la table" in visitor.text
    assert "ne tient plus" in (await visitor.open(link)).text


async def test_a_link_that_is_too_old_or_was_never_made_leads_on(door: Doorbell) -> None:
    _, link = await make_question(door)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE agreement_link SET expires_at = now()")
    visitor = await door.ring()

    assert (await visitor.open(link)).status == 410
    assert (await visitor.open("/accord/" + "x" * 32)).status == 410


@pytest.mark.parametrize(("answer", "state"), [("oui", "countered"), ("non", "refused")])
async def test_who_is_suspended_agrees_to_nothing_by_an_old_mail_and_may_say_no(
    door: Doorbell, answer: str, state: str
) -> None:
    held, link = await make_question(door)
    visitor = await door.ring()
    await visitor.open(link)
    async with transaction(door.instance.pool) as conn:
        bob = await actors.get(conn, held.partner_id)
        await rule(conn, bob, "suspend", site=door.instance.site)

    await visitor.send(link, {"answer": answer, "reason": "Je ne peux plus."})

    assert await state_of(door, held) == state
    if answer == "oui":
        assert visitor.status == 422 and "Votre compte est suspendu" in visitor.text
