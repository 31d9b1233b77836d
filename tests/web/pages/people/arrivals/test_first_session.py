"""A new member's first cards: three at most, each done or passed over once."""

from dataclasses import replace

import pytest

from models import preferences
from models.store.database import connection, fetch_value, transaction
from tests.web.applicants import words_of
from tests.web.form_client import Doorbell, Visitor, add_member

TITLES = {
    "commune": "Où habitez-vous ?",
    "listing": "Que pourriez-vous prêter, ou faire ?",
    "told": "Comment vous prévenir ?",
}


@pytest.fixture
async def alice(door: Doorbell) -> Visitor:
    """She became a member just now."""
    visitor = await door.ring()
    return await visitor.log_in("alice")


def shown(visitor: Visitor) -> set[str]:
    words = words_of(visitor.text)
    return {name for name, title in TITLES.items() if title in words}


async def count_rows(door: Doorbell) -> int:
    async with connection(door.instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM first_session"))


async def test_new_member_is_met_by_three_cards_on_her_first_page(alice: Visitor) -> None:
    assert alice.path == "/" and shown(alice) == set(TITLES)


async def test_commune_is_told_by_the_card_itself(alice: Visitor, door: Doorbell) -> None:
    await alice.send("/bienvenue", {"act": "commune", "commune": "59160 Lomme"})

    assert alice.path == "/" and shown(alice) == {"listing", "told"}
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT default_commune_code FROM account") == "59355"
        assert await fetch_value(conn, "SELECT place_name FROM actor WHERE username = 'alice'") == "Lomme"


async def test_who_never_gave_a_number_gives_it_before_the_cards_go(alice: Visitor, door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), phone_required=True))
    await alice.open("/")
    await alice.send("/bienvenue", {"act": "dismiss"})
    assert "La coop le demande à tous ses membres" in alice.text and shown(alice) == set()
    for typed, said in (("", "Donnez votre numéro"), ("douze", "Écrivez un numéro")):
        await alice.send("/bienvenue", {"act": "phone", "phone": typed})
        assert alice.status == 422 and said in alice.text

    await alice.send("/bienvenue", {"act": "phone", "phone": "06 12 34 56 78"})

    assert alice.path == "/" and "La coop le demande" not in alice.text and await count_rows(door) == 0
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT phone FROM account") == "06 12 34 56 78"


async def test_commune_that_nobody_knows_stays_as_typed(alice: Visitor) -> None:
    await alice.send("/bienvenue", {"act": "commune", "commune": "Nulle-Part"})

    assert alice.status == 422 and 'value="Nulle-Part"' in alice.text and 'id="commune-erreur"' in alice.text


async def test_cards_passed_over_stay_away_and_after_the_third_nothing_is_kept(alice: Visitor, door: Doorbell) -> None:
    for left in ({"listing", "told"}, {"told"}, set()):
        card = next(name for name in TITLES if name not in left and name in shown(alice))
        await alice.send("/bienvenue", {"act": "skip", "card": card})
        assert alice.path == "/" and shown(alice) == left

    assert await count_rows(door) == 0
    assert (await alice.open("/bienvenue")).path == "/"


async def test_whoever_wants_no_cards_sees_none_any_more(alice: Visitor, door: Doorbell) -> None:
    await alice.send("/bienvenue", {"act": "dismiss"})

    assert shown(alice) == set() and await count_rows(door) == 0


async def test_choosing_mails_is_that_card_done(alice: Visitor) -> None:
    await alice.open("/compte/courriels")
    await alice.send("/compte/courriels")

    await alice.open("/")
    assert shown(alice) == {"commune", "listing"}


@pytest.mark.parametrize("fields", [{"act": "fly"}, {"act": "skip"}, {"act": "skip", "card": "fly"}])
async def test_what_no_card_says_changes_nothing(alice: Visitor, fields: dict[str, str]) -> None:
    hidden = alice.hidden_fields("/bienvenue")
    await alice._post("/bienvenue", {"csrf_token": hidden["csrf_token"]} | fields)

    assert alice.status == 422 and shown(await alice.open("/")) == set(TITLES)


async def test_visitors_and_those_who_administer_see_no_cards(door: Doorbell) -> None:
    await add_member(door.instance, "nadia", roles=["admin"])
    visitor, nadia = await door.ring(), await door.ring()

    await visitor.open("/")
    await nadia.log_in("nadia")

    assert shown(visitor) == shown(nadia) == set()
