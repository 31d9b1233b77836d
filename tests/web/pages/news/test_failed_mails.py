"""Mails that did not leave, as administrators read of them: to whom, what kind, why and what to do."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.news import unsent_mails
from models.news.unsent_mails import MailJob
from models.people.actors import Actor
from models.store.database import fetch_column, transaction
from tests.sample_village import Village
from tests.web.form_client import Doorbell, add_member
from tests.web.guest_scenario import open_inn
from tests.web.pages.conftest import Browser
from web.mail.account_mails import PURPOSES
from web.mail.smtp import MailCause, MailRefused
from web.pages.news.failed_mails import CAUSES, KINDS

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def nadia(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """An administrator."""
    return await open_browser(lomme.admin)


@pytest.mark.parametrize("cause", list(MailCause))
async def test_each_cause_is_a_sentence_about_a_named_mail(
    nadia: Browser, instance: Instance, lomme: Village, cause: MailCause
) -> None:
    async with transaction(instance.pool) as conn:
        await unsent_mails.save_failure(conn, lomme.hocine.id, "confirm", cause, final=cause is not MailCause.BUSY)

    words = (await nadia.get("/coop/courriels")).words()

    assert "Une adresse à confirmer, pour Hocine" in words
    assert CAUSES[cause] in words
    assert ("d’autres suivront" in words) is (cause is MailCause.BUSY)


def test_every_mail_that_we_write_has_a_name() -> None:
    others = {"thread", "news", "archive", "leaving", "leaving_soon", "factors", "guest", "detour", "waiting_hosts"}
    others |= {"passer_by", "shutdown", "shutdown_soon", "shutdown_over", "shutdown_archive"}
    others |= {
        "staff_news",
        "staff_reports",
        "staff_sign_ups",
        "repair_call",
        "alerts",
        "disk_space",
        "health",
        "figures",
    }
    others |= {"sign_up_welcome", "sign_up_question", "sign_up_refused", "sign_up_expired", "decision"}
    others |= {"invitation", "member_letter", "report_receipt", "report_answer"}
    assert set(PURPOSES) | others == set(KINDS)


async def test_tries_of_one_mail_are_one_line_that_goes_once_it_left(
    nadia: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        for _ in range(3):
            await unsent_mails.save_failure(conn, lomme.hocine.id, "login", MailCause.AWAY, final=False)
    tried = (await nadia.get("/coop/courriels")).words()
    async with transaction(instance.pool) as conn:
        await unsent_mails.forget_failure(conn, lomme.hocine.id, "login")

    assert (tried.count("Un lien pour entrer, pour Hocine"), "3 essais" in tried) == (1, True)
    assert "Rien ne coince." in (await nadia.get("/coop/courriels")).words()


async def test_older_ones_are_a_page_further(nadia: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        for _ in range(60):
            await unsent_mails.save_failure(conn, lomme.hocine.id, "archive", MailCause.REFUSED, final=True)

    first = await nadia.get("/coop/courriels")
    (older,) = first.html.xpath("//a[@rel='next']/@href")
    second = await nadia.get(older)

    told = "Vos données à emporter, pour Hocine"
    assert (first.words().count(told), second.words().count(told)) == (50, 10)


async def test_a_link_that_cannot_go_to_somebody_without_an_account_is_seen_until_it_does(door: Doorbell) -> None:
    async with open_inn(door) as inn:
        await add_member(inn.door.instance, "nadia", roles=["admin"])
        nadia = await (await inn.door.ring()).log_in("nadia")
        inn.postman.refusal = "451 later"
        with pytest.raises(MailRefused):
            await inn.knock()
        stuck = (await nadia.open("/coop/courriels")).text
        inn.postman.refusal = ""
        await inn.knock()
        gone = (await nadia.open("/coop/courriels")).text

    assert "Un courriel à une personne sans compte" in stuck and "pour Alice" in stuck
    assert "leonie@example.net" not in stuck
    assert "Rien ne coince." in gone


async def test_what_fails_for_somebody_without_an_account_says_what_to_do_and_is_sent_again(mailing: Doorbell) -> None:
    refusal = MailJob(name="sign_up_mail", payload={"kind": "refused", "email": "carole@x.fr", "name": "Carole"})
    answer = MailJob(name="visitor_letter", payload={"id": 77, "word": "answer"})
    await add_member(mailing.instance, "nadia", roles=["admin"])
    nadia = await (await mailing.ring()).log_in("nadia")
    async with transaction(mailing.instance.pool) as conn:
        await unsent_mails.save_failure(conn, None, "report_answer", MailCause.ADDRESS, final=True, job=answer)
        await unsent_mails.save_failure(conn, None, "sign_up_refused", MailCause.AWAY, final=True, job=refusal)

    page = await nadia.open("/coop/courriels")
    words = " ".join(page.text.split())
    assert "Un non à une demande d’entrée</b>, pour Carole" in words and "Lui écrire vous-même" in words
    assert "La réponse à un signalement</b>, pour la personne qui l’a fait, sans compte ici" in words
    assert CAUSES[MailCause.ADDRESS] in words and "Tout renvoyer" not in words
    assert 'href="/coop/signalements/77"' in words and 'href="mailto:carole@x.fr"' in words

    assert "Il part dans un instant." in (await nadia.send("/coop/courriels")).text
    async with transaction(mailing.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT entrypoint FROM pgqueuer") == ["sign_up_mail"]
        assert [one.kind for one in await unsent_mails.list_failed(conn)] == ["report_answer"]
        for _ in range(2):
            await unsent_mails.save_failure(conn, None, "sign_up_refused", MailCause.AWAY, final=True, job=refusal)
    assert "Tout renvoyer" in (await nadia.open("/coop/courriels")).text
    said = (await nadia.send("/coop/courriels", {"id": ""})).text
    assert "Ils partent dans un instant." in said and "La réponse à un signalement" in said
    assert "Il n’y a plus rien à renvoyer" in (await nadia.send("/coop/courriels", {"id": "1"})).text
    assert "Rien ne coince." in (await nadia.send("/coop/courriels")).text
