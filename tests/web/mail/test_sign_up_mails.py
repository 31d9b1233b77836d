"""Whoever asked to join is written to: a welcome, a question, a no with its reason, or that nobody answered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
import pytest

from federation.instance import Instance
from models.people import accounts, sign_ups
from models.people.accounts import Account
from models.people.arrivals import waiting_accounts
from models.people.arrivals.answer_mails import TeamAnswer, queue_expiry, queue_question, queue_refusal
from models.settings import Settings
from models.store.database import Pool, execute, fetch_column, transaction
from outbox.people.accounts import approve_sign_up, reject_sign_up
from tests.factories import make_member
from tests.web.applicants import add_applicant
from tests.web.form_client import shared_keys
from tests.web.smtp_server import Postman, StandIn, open_post, read_parts
from web.mail.sign_up_mails import send_sign_up_mail
from web.mail.smtp import MailRefused


@dataclass(frozen=True)
class Office:
    """Awa answers Carole."""

    pool: Pool
    postman: Postman
    instance: Instance
    awa: Account
    carole: Account

    async def confirm(self) -> None:
        async with transaction(self.pool) as conn:
            await waiting_accounts.confirm_address(conn, self.carole.actor_id)

    async def send_all(self) -> list[str]:
        """What is queued goes; the texts as they arrived."""
        async with transaction(self.pool) as conn:
            payloads = await fetch_column(
                conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'sign_up_mail' ORDER BY id"
            )
        for payload in payloads:
            await send_sign_up_mail(self.instance, msgspec.json.decode(payload))
        return [f"{mail['Subject']}\n{mail['To']}\n{read_parts(mail)[0]}" for mail in self.postman.taken]


@pytest.fixture
async def office(pool: Pool) -> AsyncIterator[Office]:
    """Two people and a mail server."""
    async with open_post() as postman:
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}")
        instance = cast(Any, StandIn(pool=pool, settings=settings))
        async with transaction(pool) as conn:
            awa = await make_member(conn, "awa", roles=["welcome"], name="Awa")
            account = await accounts.get(conn, awa.id)
        carole = await add_applicant(instance)
        yield Office(pool=pool, postman=postman, instance=instance, awa=account, carole=carole)


async def approve(office: Office) -> None:
    async with transaction(office.pool) as conn:
        asked = await waiting_accounts.find_request(conn, office.carole.actor_id)
        assert asked is not None
        answer = TeamAnswer(words="Bienvenue, Carole !", by=office.awa)
        await approve_sign_up(conn, office.instance.site, asked.id, answer, key_pairs=shared_keys(), confirmed=False)


async def test_welcome_names_who_wrote_it_and_counts_the_drafts_that_wait(office: Office) -> None:
    await office.confirm()
    async with transaction(office.pool) as conn:
        await execute(
            conn,
            "INSERT INTO listing_draft (id, actor_id, kind, fields) VALUES (1, $1, 'offer', '[]')",
            office.carole.actor_id,
        )
    await approve(office)

    [text] = await office.send_all()

    assert "votre compte est ouvert" in text and "carole@example.org" in text
    assert "Awa, de" in text and "Bienvenue, Carole !" in text and "Votre brouillon vous attend" in text
    assert "/lien/" not in text


async def test_welcome_confirms_an_address_that_was_not_yet(office: Office) -> None:
    await approve(office)

    [text] = await office.send_all()

    assert "/lien/" in text
    async with transaction(office.pool) as conn:
        assert await fetch_column(conn, "SELECT purpose FROM one_time_link") == ["confirm"]


@pytest.mark.parametrize(("confirmed", "way"), [(True, "/compte/attente\n"), (False, "?retour=/compte/attente")])
async def test_question_leads_to_the_page_where_she_answers(office: Office, confirmed: bool, way: str) -> None:
    if confirmed:
        await office.confirm()
    async with transaction(office.pool) as conn:
        await queue_question(conn, office.carole.actor_id, TeamAnswer(words="Quelle scie ?", by=office.awa))

    [text] = await office.send_all()

    assert "une question sur votre demande" in text and "Quelle scie ?" in text and way in text


async def test_no_arrives_though_nothing_of_her_is_kept(office: Office) -> None:
    async with transaction(office.pool) as conn:
        asked = await waiting_accounts.find_request(conn, office.carole.actor_id)
        assert asked is not None
        await reject_sign_up(conn, asked.id, TeamAnswer(words="Hénin est plus près de chez vous.", by=office.awa))

    [text] = await office.send_all()

    assert "la réponse à votre demande" in text and "Hénin est plus près" in text and "est effacée" in text
    async with transaction(office.pool) as conn:
        assert await sign_ups.list_waiting(conn) == []


async def test_whoever_nobody_answered_is_told_with_an_apology(office: Office) -> None:
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '91 days'")
        await waiting_accounts.forget_old(conn)

    [text] = await office.send_all()

    assert "Bonjour Carole" in text and "nous en sommes désolés" in text


async def test_whoever_left_a_question_unanswered_is_not_told_that_nobody_wrote(office: Office) -> None:
    async with transaction(office.pool) as conn:
        asked = await waiting_accounts.find_request(conn, office.carole.actor_id)
        assert asked is not None
        await queue_expiry(conn, replace(asked, asked_back=True))

    [text] = await office.send_all()

    assert "n’a pas reçu de réponse" in text and "nous en sommes désolés" not in text


async def test_mail_to_somebody_who_withdrew_is_not_sent(office: Office) -> None:
    async with transaction(office.pool) as conn:
        await queue_question(conn, office.carole.actor_id, TeamAnswer(words="Quelle scie ?", by=office.awa))
        await waiting_accounts.erase(conn, [office.carole.actor_id])

    assert await office.send_all() == []


async def test_no_that_cannot_be_handed_over_is_tried_again(office: Office) -> None:
    office.postman.refusal = "450 later"
    async with transaction(office.pool) as conn:
        asked = await waiting_accounts.find_request(conn, office.carole.actor_id)
        assert asked is not None
        await queue_refusal(conn, asked, TeamAnswer(words="Non.", by=office.awa))

    with pytest.raises(MailRefused):
        await office.send_all()
