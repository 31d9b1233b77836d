"""Invitations by mail to many: who is told apart, what leaves, and what became of it."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from models.limits import INVITATION_MAILS
from models.people.invitations import mailings
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.people.joining.invitations import MAIL
from tests.invitations import find_link, make_invitation, plain, read_text
from tests.web.applicants import add_applicant
from tests.web.form_client import Doorbell, Visitor, add_member
from tests.web.smtp_server import Postman, open_post
from web.mail.invitation_mails import send_invitation
from web.mail.smtp import MailRefused


@pytest.fixture
async def nadia(mailing: Doorbell) -> Visitor:
    """Who welcomes members, on her page."""
    await add_member(mailing.instance, "nadia", roles=["welcome"])
    visitor = await (await mailing.ring()).log_in("nadia")
    return await visitor.open("/coop/invitations")


async def run_jobs(door: Doorbell, postman: Postman) -> None:
    """Send what waits."""
    url = f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test"
    instance = replace(door.instance, settings=msgspec.structs.replace(door.instance.settings, smtp_url=url))
    async with transaction(door.instance.pool) as conn:
        waiting = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", MAIL)
    for payload in waiting:
        await send_invitation(instance, msgspec.json.decode(payload))


async def list_states(door: Doorbell) -> dict[str, Any]:
    async with connection(door.instance.pool) as conn:
        return {one.email: one.mail_state for one in await mailings.list_mailed(conn)}


async def test_each_new_address_gets_a_letter_of_her_own(mailing: Doorbell, nadia: Visitor) -> None:
    typed = "carole@x.fr, alice@example.org\nCAROLE@x.fr; denis@x.fr"

    await nadia.send("/coop/invitations/courriels", {"emails": typed, "words": "On se voit mercredi ?"})
    said = nadia.text
    async with open_post() as postman:
        await run_jobs(mailing, postman)

    said = plain(said)
    assert "Courriels en route : 2." in said and "Déjà membres, sans courriel : 1." in said
    assert "Écrites deux fois, comptées une : 1." in said
    letters = {letter["To"]: letter for letter in postman.taken}
    assert set(letters) == {"carole@x.fr", "denis@x.fr"}
    bodies = [read_text(letter) for letter in letters.values()]
    assert all("Nadia vous invite" in letter["Subject"] for letter in letters.values())
    assert all("On se voit mercredi ?" in body for body in bodies)
    links = {find_link(body) for body in bodies}
    assert len(links) == 2
    for link in links:
        assert (await (await mailing.ring()).open(link)).status == 200
    assert await list_states(mailing) == {"carole@x.fr": "sent", "denis@x.fr": "sent"}


async def test_who_was_invited_and_has_not_come_gets_no_second_letter(mailing: Doorbell, nadia: Visitor) -> None:
    await nadia.send("/coop/invitations/courriels", {"emails": "carole@x.fr"})

    await nadia.send("/coop/invitations/courriels", {"emails": "carole@x.fr"})

    assert nadia.status == 422 and "déjà invitées" in nadia.text and "carole@x.fr" in nadia.text


async def test_a_mistyped_address_is_named_and_nothing_leaves(mailing: Doorbell, nadia: Visitor) -> None:
    typed = "carole@x.fr\nluc(at)x.fr"

    await nadia.send("/coop/invitations/courriels", {"emails": typed, "words": "Bonjour"})

    assert nadia.status == 422 and "« luc(at)x.fr »" in nadia.text
    assert typed in nadia.text.replace("\r", "") and ">Bonjour</textarea>" in nadia.text.replace(">\n", ">")
    assert await list_states(mailing) == {}


async def test_no_more_leave_in_a_day_than_providers_take(mailing: Doorbell, nadia: Visitor) -> None:
    async with transaction(mailing.instance.pool) as conn:
        maker = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'nadia'")
        await execute(
            conn,
            """
            INSERT INTO invitation (id, made_by, team, places, expires_at, email, mail_state, mailed_at)
            SELECT n, $1, true, 1, now() + interval '1 day', n || '@x.fr', 'sent', now()
            FROM generate_series(1, $2) AS n
            """,
            maker,
            INVITATION_MAILS.most - 1,
        )

    await nadia.send("/coop/invitations/courriels", {"emails": "carole@y.fr, denis@y.fr"})
    refused = (nadia.status, nadia.text)
    await nadia.send("/coop/invitations/courriels", {"emails": "carole@y.fr"})

    assert refused[0] == 429 and "aujourd’hui : 1." in plain(refused[1])
    assert "denis@y.fr" in refused[1], "what was typed is kept"
    assert "carole@y.fr" in await list_states(mailing) and "denis@y.fr" not in await list_states(mailing)
    async with connection(mailing.instance.pool) as conn:
        last = await fetch_value(conn, "SELECT max(id) FROM invitation")
    await nadia.send(f"/coop/invitations/{last}/renvoyer")
    assert "recommencez demain" in nadia.text


async def test_a_letter_sent_again_has_another_link_and_ends_the_first(mailing: Doorbell, nadia: Visitor) -> None:
    await nadia.send("/coop/invitations/courriels", {"emails": "carole@x.fr"})
    async with open_post() as postman:
        await run_jobs(mailing, postman)
        async with connection(mailing.instance.pool) as conn:
            id = await fetch_value(conn, "SELECT id FROM invitation")
        await nadia.send(f"/coop/invitations/{id}/renvoyer")
        await run_jobs(mailing, postman)

    first, second = [find_link(read_text(letter)) for letter in postman.taken]
    assert [(await (await mailing.ring()).open(link)).status for link in (first, second)] == [410, 200]
    await nadia.open("/coop/invitations")
    await nadia.send(f"/coop/invitations/{id}/arreter")
    assert (await (await mailing.ring()).open(second)).status == 410
    async with connection(mailing.instance.pool) as conn:
        acts = await fetch_column(conn, "SELECT act FROM journal_entry ORDER BY id")
    assert acts == ["invitation_made", "invitation_revoked"]


async def test_what_became_of_the_mail_is_seen(mailing: Doorbell, nadia: Visitor) -> None:
    await nadia.send("/coop/invitations/courriels", {"emails": "carole@x.fr"})
    async with open_post() as postman:
        postman.refusal = "550 nobody here"
        await run_jobs(mailing, postman)

    assert await list_states(mailing) == {"carole@x.fr": "refused"}
    assert "refusée" in (await nadia.open("/coop/invitations")).text


async def test_a_provider_that_is_busy_is_tried_again(mailing: Doorbell, nadia: Visitor) -> None:
    await nadia.send("/coop/invitations/courriels", {"emails": "carole@x.fr"})

    async with open_post() as postman:
        postman.refusal = "451 later"
        with pytest.raises(MailRefused):
            await run_jobs(mailing, postman)

    assert await list_states(mailing) == {"carole@x.fr": "waiting"}
    assert "pas encore partie" in (await nadia.open("/coop/invitations")).text


async def test_nothing_leaves_for_what_was_revoked_meanwhile(mailing: Doorbell, nadia: Visitor) -> None:
    await nadia.send("/coop/invitations/courriels", {"emails": "carole@x.fr"})
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE invitation SET revoked_at = now()")

    async with open_post() as postman:
        await run_jobs(mailing, postman)

    assert postman.taken == []


async def test_without_a_mail_server_the_page_says_how_else(door: Doorbell) -> None:
    maker = await add_member(door.instance, "nadia", roles=["welcome"])
    async with transaction(door.instance.pool) as conn:
        await make_invitation(conn, maker)
    visitor = await (await door.ring()).log_in("nadia")

    await visitor.open("/coop/invitations")

    assert "n’envoie pas de courriel" in visitor.text and 'name="emails"' not in visitor.text


async def test_whoever_waits_already_is_told_apart_from_members_and_gets_no_letter(
    mailing: Doorbell, nadia: Visitor
) -> None:
    await add_applicant(mailing.instance)

    await nadia.send("/coop/invitations/courriels", {"emails": "carole@example.org, denis@x.fr"})

    said = plain(nadia.text)
    assert "Courriels en route : 1." in said and "Demandent déjà à entrer, sans courriel : 1." in said


async def test_two_fingers_on_the_button_write_once(mailing: Doorbell, nadia: Visitor) -> None:
    fields = nadia.hidden_fields("/coop/invitations/courriels") | {"emails": "carole@x.fr, denis@x.fr"}
    other = Visitor(nadia.client, nadia.instance)

    await asyncio.gather(*(one._post("/coop/invitations/courriels", fields) for one in (nadia, other)))

    async with connection(mailing.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM invitation") == 2
