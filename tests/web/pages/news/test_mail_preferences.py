"""Choosing one's mails, stopping them by one click, and the administrators' list of those that are stuck."""

from collections.abc import Awaitable, Callable
from typing import get_args

from federation.instance import Instance
from models.news import mail_preferences, news_mails, staff_preferences, unsent_mails
from models.people.actors import Actor
from models.store.database import connection, fetch_records, transaction
from tests.factories import make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.mail.account_mails import MailKind, StrangerMailKind
from web.mail.news_mail_text import UNSUBSCRIBE
from web.mail.smtp import MailCause
from web.pages.news.failed_mails import CAUSES, KINDS
from web.security.signed_urls import sign

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def rhythms_of(instance: Instance, actor: Actor) -> dict[str, str]:
    async with connection(instance.pool) as conn:
        return {kind: choice.rhythm for kind, choice in (await mail_preferences.load(conn, actor.id)).items()}


async def make_token(instance: Instance, actor: Actor, kinds: str) -> str:
    async with transaction(instance.pool) as conn:
        return await sign(conn, instance.settings, UNSUBSCRIBE, f"{actor.id} {kinds}")


async def test_messages_come_at_once_and_the_rest_weekly_until_one_chooses(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    before = await rhythms_of(instance, lomme.alice)

    chosen = {"messages": "daily", "reactions": "never", "follows": "bogus"}
    answer = await alice.send("/compte/courriels", chosen, form_on="/compte/courriels")

    assert before == {
        "messages": "now", "exchanges": "now", "reactions": "weekly", "follows": "weekly", "posts": "weekly"
    }  # fmt: skip
    assert await rhythms_of(instance, lomme.alice) == before | {"messages": "daily", "reactions": "never"}
    page = await alice.get(answer.location)
    assert "C’est noté." in page.words()
    assert page.html.xpath("//select[@name='messages']/option[@selected]/@value") == ["daily"]
    async with connection(instance.pool) as conn:
        planned = await fetch_records(conn, "SELECT actor_id, rhythm FROM mail_round")
    assert [(row["actor_id"], row["rhythm"]) for row in planned] == [(lomme.alice.id, "daily")]


async def test_without_a_mail_server_the_page_says_so(alice: Browser) -> None:
    assert "Votre coop n’envoie pas de courriels." in (await alice.get("/compte/courriels")).words()
    assert "Votre coop n’envoie pas de courriels" in (await alice.get("/compte")).words()


async def test_one_click_without_a_session_stops_these_mails_only(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    token = await make_token(instance, lomme.alice, "messages,exchanges")

    answer = await visitor.client.post(f"/courriels/arreter/{token}", data={"List-Unsubscribe": "One-Click"})

    assert answer.status == 200
    chosen = await rhythms_of(instance, lomme.alice)
    assert (chosen["messages"], chosen["exchanges"], chosen["posts"]) == ("never", "never", "weekly")


async def test_looking_at_the_link_changes_nothing_and_shows_a_button(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    token = await make_token(instance, lomme.alice, "reactions")

    page = await visitor.get(f"/courriels/arreter/{token}")

    assert "Ce qui plaît" in page.words() and page.html.xpath("//main//form[@method='post']//button")
    assert (await rhythms_of(instance, lomme.alice))["reactions"] == "weekly"


async def test_a_token_that_was_changed_or_made_for_something_else_is_nothing(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    token = await make_token(instance, lomme.alice, "reactions")
    other = await make_token(instance, lomme.hocine, "reactions")
    async with transaction(instance.pool) as conn:
        elsewhere = await sign(conn, instance.settings, "agenda", f"{lomme.alice.id} reactions")
        nobody = await sign(conn, instance.settings, UNSUBSCRIBE, "12 reactions")
    said, _, signed = token.partition(".")
    forged = [f"{other.partition('.')[0]}.{signed}", f"{said}.{'A' * 24}", elsewhere, nobody]

    answers = [await visitor.client.post(f"/courriels/arreter/{one}") for one in forged]

    assert [answer.status for answer in answers] == [404] * 4
    assert (await rhythms_of(instance, lomme.alice))["reactions"] == "weekly"


async def test_a_member_whose_address_refuses_mails_sees_it_and_may_say_that_it_is_right(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await news_mails.save_refused(conn, lomme.alice.id, refused=True)
    told = await alice.get("/compte")

    page = await alice.get("/compte/courriels")
    await alice.send("/compte/courriels/reessayer", {}, form_on="/compte/courriels")

    assert "Votre adresse refuse nos courriels." in told.words()
    assert "Rien n’arrive plus à alice@example.org" in page.words()
    assert "refuse nos courriels" not in (await alice.get("/compte")).words()


async def test_administrators_see_what_is_stuck_and_why(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    admin = await open_browser(lomme.admin)
    assert "Rien ne coince." in (await admin.get("/coop/courriels")).words()
    async with transaction(instance.pool) as conn:
        await unsent_mails.save_failure(conn, lomme.hocine.id, "login", "address", final=True)
        await unsent_mails.save_failure(conn, lomme.alice.id, "news", "away", final=False)

    page = await admin.get("/coop/courriels")

    assert "Un lien pour entrer, pour Hocine L’adresse n’existe pas" in page.words().replace("HocineL’", "Hocine L’")
    assert "Le serveur de courriel ne répond pas." in page.words() and "d’autres suivront" in page.words()
    assert "@example.org" not in page.text


async def test_the_list_is_for_administrators(alice: Browser, visitor: Browser) -> None:
    assert (await alice.get("/coop/courriels")).status == 404
    assert (await visitor.get("/coop/courriels")).location.startswith("/connexion")


def test_every_mail_has_a_name_for_administrators_and_every_failure_a_sentence() -> None:
    assert {*get_args(MailKind), *get_args(StrangerMailKind)} | {
        "thread",
        "news",
        "detour",
        "guest",
        "passer_by",
    } == set(KINDS)
    assert set(MailCause) == set(CAUSES)


async def test_each_of_the_team_chooses_for_the_subjects_of_her_roles_alone(
    open_browser: OpenBrowser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        mona = await make_member(conn, "mona", roles=["moderator"])
    browser = await open_browser(mona)
    assert (await alice.get("/compte/courriels")).html.xpath("//select[starts-with(@name, 'team_')]") == []
    asked = (await browser.get("/compte/courriels")).html.xpath("//select[starts-with(@name, 'team_')]/@name")
    assert asked == ["team_reports", "team_appeals", "team_confirmations", "team_held_posts", "team_duty"]

    chosen = {"team_reports": "daily", "team_held_posts": "never", "team_servers": "never", "team_duty": "weekly"}
    await browser.send("/compte/courriels", chosen, form_on="/compte/courriels")

    async with connection(instance.pool) as conn:
        kept = await staff_preferences.load(conn, mona.id)
    assert kept == dict.fromkeys(staff_preferences.KINDS, "now") | {"reports": "daily", "held_posts": "never"}
