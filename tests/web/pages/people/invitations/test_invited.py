"""Coming in by an invitation: from the poster to the first page, and what is said where it serves no more."""

from dataclasses import replace
from typing import Any

import pytest

from federation.instance import Instance
from models import preferences
from models.news import news
from models.people import accounts, sign_ups
from models.people.arrivals.answer_mails import TeamAnswer
from models.people.invitations import invitations
from models.preferences import Registration
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.people.accounts import approve_sign_up
from tests.invitations import find_link, make_invitation, publish_charter
from tests.web.form_client import Doorbell, Visitor, add_member, list_mails, shared_keys
from web.security.invitation_links import make_address

CAROLE = {"name": "Carole", "username": "carole", "email": "carole@example.org", "password": "trois vélos et demi"}


async def choose(instance: Instance, registration: Registration, **more: Any) -> None:
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, registration=registration, **more))


async def invite(door: Doorbell, **changes: object) -> str:
    """Nadia, who welcomes members, hangs a poster; its address."""
    async with connection(door.instance.pool) as conn:
        known = await accounts.find_by_username(conn, "nadia")
    nadia = known.actor_id if known else await add_member(door.instance, "nadia", roles=["welcome"])
    async with transaction(door.instance.pool) as conn:
        id = await make_invitation(conn, nadia, **changes)
        return find_link(await make_address(conn, door.instance, id, 1))


async def come(door: Doorbell, link: str, **changes: str) -> Visitor:
    visitor = await door.ring()
    await visitor.open(link)
    return await visitor.send("/inscription", CAROLE | changes)


async def find_member(instance: Instance, username: str = "carole") -> accounts.Account | None:
    async with connection(instance.pool) as conn:
        return await accounts.find_by_username(conn, username)


async def test_from_the_poster_to_the_first_log_in(door: Doorbell) -> None:
    await choose(door.instance, "closed")
    await add_member(door.instance, "nadia", roles=["welcome"])
    nadia = await (await door.ring()).log_in("nadia")
    await nadia.open("/coop/invitations")
    await nadia.send("/coop/invitations", {"note": "affiche du marché", "places": "2", "days": "30"})
    assert nadia.status == 200 and 'class="poster"' in nadia.text and nadia.text.count("<svg") > 2

    visitor = await (await door.ring()).open(find_link(nadia.text))
    assert "<b>Nadia</b> vous invite" in visitor.text
    await visitor.send("/inscription", CAROLE)

    assert (visitor.status, visitor.path) == (200, "/")
    assert (await visitor.open("/compte")).status == 200
    await nadia.open("/notifications")
    assert "Carole fait maintenant partie de la coop, grâce à votre invitation" in nadia.text
    await nadia.open("/coop/invitations")
    assert "Une place sur 2 est prise" in nadia.text and "/@carole" in nadia.text


@pytest.mark.parametrize("mode", ["closed", "approval", "open"])
async def test_an_invitation_passes_without_a_yes_in_each_mode(door: Doorbell, mode: Registration) -> None:
    await choose(door.instance, mode)

    await come(door, await invite(door))

    assert await find_member(door.instance) is not None


@pytest.mark.parametrize("mode", ["closed", "open"])
async def test_one_that_needs_a_yes_asks_the_team_and_is_traced_all_the_same(
    door: Doorbell, mode: Registration
) -> None:
    await choose(door.instance, mode)
    link = await invite(door, needs_yes=True, places=1)

    visitor = await come(door, link)

    assert "Votre demande est partie" in visitor.text and await find_member(door.instance) is None
    assert (await (await door.ring()).open(link)).status == 410, "her place is kept for her"
    async with transaction(door.instance.pool) as conn:
        [asked] = await sign_ups.list_waiting(conn)
        carole = await approve_sign_up(
            conn, door.instance.site, asked.id, TeamAnswer(), key_pairs=shared_keys(), confirmed=True
        )
        nadia = await accounts.find_by_username(conn, "nadia")
        assert nadia is not None
        told = [one.type for one in await news.list_news(conn, nadia.actor_id)]
        assert await fetch_value(conn, "SELECT count(*) FROM invitation_use WHERE actor_id = $1", carole.id) == 1
    assert "invitation_used" in told


async def test_who_is_refused_leaves_her_place(door: Doorbell) -> None:
    link = await invite(door, needs_yes=True, places=1)
    await come(door, link)
    nadia = await (await door.ring()).log_in("nadia")
    async with connection(door.instance.pool) as conn:
        [asked] = await sign_ups.list_waiting(conn)
    await nadia.open(f"/coop/demandes/{asked.id}")
    await nadia.send(f"/coop/demandes/{asked.id}", {"act": "no", "words_no": "Pas cette fois."})

    assert (await (await door.ring()).open(link)).status == 200


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("UPDATE invitation SET revoked_at = now()", "l’a arrêtée"),
        ("UPDATE invitation SET expires_at = now()", "ce temps est passé"),
        ("UPDATE invitation SET turn = 2", "une plus récente la remplace"),
        ("DELETE FROM invitation", "une plus récente la remplace"),
    ],
)
async def test_one_that_serves_no_more_says_so_and_how_to_come_all_the_same(
    door: Doorbell, spoil: str, words: str
) -> None:
    await choose(door.instance, "approval", contact_email="bonjour@lomme.test")
    link = await invite(door)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, spoil)

    visitor = await (await door.ring()).open(link)

    assert visitor.status == 410 and words in visitor.text
    assert 'href="/inscription"' in visitor.text and "bonjour@lomme.test" in visitor.text


@pytest.mark.parametrize("token", [f"{'A' * 12}.{'b' * 24}", "NzcgMQ.cqTm_6l5", "NzcgMQ", "%C3%A9t%C3%A9.", "(x)"])
async def test_an_address_made_up_or_cut_short_is_answered_like_one_that_ended(door: Doorbell, token: str) -> None:
    visitor = await (await door.ring()).open(f"/invitation/{token}")

    assert visitor.status == 410 and "Son adresse n’est pas" in visitor.text


async def test_the_last_place_taken_meanwhile_loses_nothing_typed(door: Doorbell) -> None:
    await choose(door.instance, "approval")
    link = await invite(door, places=1)
    late = await (await door.ring()).open(link)
    await come(door, link, username="denis", email="denis@example.org")

    await late.send("/inscription", CAROLE)

    assert late.status == 422 and "Cette invitation ne sert plus" in late.text
    assert all(f'value="{CAROLE[name]}"' in late.text for name in ("name", "username", "email"))
    await late.send("/inscription", CAROLE)
    assert "Votre demande est partie" in late.text, "without it, she asks as anybody"


async def test_in_a_closed_cooperative_a_full_invitation_leads_to_the_people(door: Doorbell) -> None:
    await choose(door.instance, "closed")
    link = await invite(door, places=1)
    late = await (await door.ring()).open(link)
    await come(door, link, username="denis", email="denis@example.org")

    await late.send("/inscription", CAROLE)

    assert late.status == 410 and "Demandez-en une autre" in late.text
    assert await find_member(door.instance) is None


async def test_a_member_who_follows_one_is_told_and_uses_no_place(door: Doorbell) -> None:
    link = await invite(door)
    alice = await (await door.ring()).log_in("alice")

    await alice.open(link)

    assert alice.status == 200 and "Vous êtes déjà membre" in alice.text


async def test_the_team_sees_by_whom_somebody_came(door: Doorbell) -> None:
    await come(door, await invite(door))
    await add_member(door.instance, "ada", roles=["admin"])
    ada = await (await door.ring()).log_in("ada")

    await ada.open("/coop/membres/carole")

    assert "Nadia" in ada.text and "affiche du marché" in ada.text


async def test_members_invite_a_few_where_the_cooperative_wants_it(door: Doorbell) -> None:
    alice = await (await door.ring()).log_in("alice")
    assert (await alice.open("/compte/invitations")).status == 404
    await choose(door.instance, "closed", member_invitations=2, member_invitations_wait=False)

    await alice.open("/compte/invitations")
    await alice.send("/compte/invitations", {"places": "2", "days": "7"})
    link, page = find_link(alice.text), alice.path
    await alice.open("/compte/invitations")
    assert "Vous avez donné toutes vos invitations" in alice.text and 'name="places"' not in alice.text
    await come(door, link)

    assert await find_member(door.instance) is not None
    bob = await (await door.ring()).log_in("carole", CAROLE["password"])
    assert (await bob.open(page)).status == 404, "another member's"
    await alice.open(page)
    await alice.send(f"{page}/arreter")
    assert (await (await door.ring()).open(link)).status == 410
    async with connection(door.instance.pool) as conn:
        member = await accounts.find_by_username(conn, "alice")
        assert member is not None and await invitations.count_given(conn, member.actor_id) == 1
        assert await fetch_column(conn, "SELECT act FROM journal_entry") == [], "the journal is of the team"


async def test_more_than_a_member_may_give_is_refused_and_kept(door: Doorbell) -> None:
    await choose(door.instance, "closed", member_invitations=2)
    alice = await (await door.ring()).log_in("alice")
    await alice.open("/compte/invitations")

    await alice.send("/compte/invitations", {"places": "3", "days": "7", "note": "mes voisins"})

    assert alice.status == 422 and 'href="#places"' in alice.text and 'value="mes voisins"' in alice.text
    assert "de 1 à 2" in alice.text
    await choose(door.instance, "closed", member_invitations=1)
    await alice.send("/compte/invitations", {"places": "2", "days": "7"})
    assert "Vous ne pouvez plus inviter qu’une personne" in alice.text


async def test_who_comes_by_a_mailed_link_with_that_address_need_not_confirm_it(mailing: Doorbell) -> None:
    link = await invite(mailing, places=1, email="Carole@example.org")

    visitor = await come(mailing, link)

    assert (visitor.status, visitor.path) == (200, "/") and await list_mails(mailing.instance) == []
    other = await invite(mailing, places=1, email="denis@example.org")
    await come(mailing, other, username="denis", email="ailleurs@example.org")
    assert [mail["kind"] for mail in await list_mails(mailing.instance)] == ["confirm"]


async def test_she_accepts_the_charter_on_her_way_in(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await publish_charter(conn)
    link = await invite(door)

    visitor = await come(door, link)
    assert visitor.status == 422 and 'href="#accept"' in visitor.text and f'value="{CAROLE["name"]}"' in visitor.text
    await visitor.send("/inscription", CAROLE | {"accept": "1"})

    member = await find_member(door.instance)
    assert member is not None and member.documents_due_at is None


async def test_a_charter_published_while_she_types_is_shown_and_nothing_is_lost(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await publish_charter(conn)
    visitor = await (await door.ring()).open(await invite(door))
    async with transaction(door.instance.pool) as conn:
        second = await publish_charter(conn, "1. Tout est nouveau")

    await visitor.send("/inscription", CAROLE | {"accept": "1"})

    assert visitor.status == 422 and "version 2" in visitor.text and "vient de changer" in visitor.text
    assert f'value="{CAROLE["email"]}"' in visitor.text and 'value="1" checked' not in visitor.text
    await visitor.send("/inscription", CAROLE | {"accept": "1"})
    async with connection(door.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT version_id FROM document_acceptance") == [second]
