"""Mails about alerts: all that is due in one, nothing that was read or is over, one click to stop each alert."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import cast

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.searches import NetworkFilter
from models.searches.alerts import alerts, match_choices, matches
from models.searches.alerts.alerts import AlertDraft
from models.searches.alerts.match_choices import MatchChoice
from models.settings import Settings
from models.store.database import Pool, execute, fetch_value, transaction
from outbox.listings.alerts import watch
from tests.factories import make_listing, make_member, make_remote_actor
from tests.web.mail_scenario import NOON
from tests.web.smtp_server import Postman, StandIn, open_post, read_parts
from web.mail.alert_mails import send_alert_mail
from web.mail.smtp import MailRefused

NIGHT = NOON.replace(hour=23)


def read_text(mail: EmailMessage) -> str:
    """Its text with plain spaces."""
    return read_parts(mail)[0].replace("\u202f", " ").replace("\u00a0", " ")


@dataclass(frozen=True)
class Desk:
    """Awa has alerts, Bob publishes elsewhere."""

    pool: Pool
    postman: Postman
    instance: Instance
    awa: Actor
    bob: Actor

    async def keep(self, text: str) -> int:
        async with transaction(self.pool) as conn:
            draft = AlertDraft(parameters=f"q={text}", filter=NetworkFilter(text=text))
            return (await alerts.create(conn, self.awa.id, draft))[0].id

    async def find(self, *titles: str) -> None:
        async with transaction(self.pool) as conn:
            for title in titles:
                await make_listing(conn, self.bob, title=title)
        await watch(self.instance)

    async def change(self, sql: str) -> None:
        async with transaction(self.pool) as conn:
            await execute(conn, sql)

    async def send(self, at: datetime = NOON) -> None:
        await send_alert_mail(self.instance, {"actor_id": self.awa.id}, at)


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[Desk]:
    async with open_post() as postman:
        async with transaction(pool) as conn:
            awa, bob = await make_member(conn, "awa", name="Awa"), await make_remote_actor(conn, "bob")
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test")
        yield Desk(pool, postman, cast(Instance, StandIn(pool, settings)), awa, bob)


async def test_one_find_is_named_in_the_subject_and_the_mail_leads_there(desk: Desk) -> None:
    alert = await desk.keep("tente")
    await desk.find("Tente deux places")

    await desk.send()

    [mail] = desk.postman.taken
    text, (_, html) = read_text(mail), read_parts(mail)
    assert mail["Subject"] == "Une annonce nouvelle : Tente deux places"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "pour votre alerte : les annonces pour « tente »" in text and "Lomme" in text
    assert f"/alertes/{alert}" in html and "/courriels/arreter/" in text


async def test_several_alerts_are_one_mail_that_names_five_of_each_and_counts_the_rest(desk: Desk) -> None:
    for text in ("tente", "vélo"):
        await desk.keep(text)
    await desk.find("Vélo bleu", *(f"Tente {number}" for number in range(7)))

    await desk.send()
    await desk.send()

    [mail] = desk.postman.taken
    text = read_text(mail)
    assert mail["Subject"] == "8 annonces nouvelles pour vous"
    assert (
        "7 annonces nouvelles pour votre alerte : les annonces pour « tente »" in text
        and "Et 2 autres" in text
        and "- Vélo bleu" in text
    )
    assert text.count("- Tente") == 5


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE listing SET status = 'fulfilled'",
        "UPDATE post SET deleted_at = now()",
        "UPDATE post SET audience = 'author'",
        "UPDATE notification SET read_at = now()",
        "UPDATE search_alert SET by_mail = false",
        "UPDATE search_alert SET paused_at = now()",
        "DELETE FROM search_alert",
        "UPDATE account SET disabled_at = now()",
        "UPDATE account SET mail_refused_at = now()",
        "UPDATE actor SET suspended_at = now() WHERE username = 'awa'",
        "UPDATE actor SET limited_at = now() WHERE username = 'bob'",
        "INSERT INTO block (id, uri, actor_id, target_id) SELECT 1, 'https://lomme.test/b', m.id, b.id "
        "FROM actor m, actor b WHERE m.username = 'awa' AND b.username = 'bob'",
    ],
)
async def test_what_was_read_is_over_or_not_wanted_is_not_mailed(desk: Desk, change: str) -> None:
    await desk.keep("tente")
    await desk.find("Tente")
    await desk.change(change)

    await desk.send()

    assert desk.postman.taken == []


async def test_at_night_it_waits_and_all_of_the_night_is_one_mail(desk: Desk) -> None:
    await desk.keep("tente")
    await desk.find("Tente")

    await desk.send(NIGHT)
    await desk.send(NIGHT + timedelta(minutes=30))

    async with transaction(desk.pool) as conn:
        waiting = await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE dedupe_key LIKE 'alert_mail:morning:%'")
    assert (desk.postman.taken, waiting) == ([], 1)


async def test_a_mail_that_did_not_leave_is_tried_again_with_all_that_it_said(desk: Desk) -> None:
    await desk.keep("tente")
    await desk.find("Tente")
    settings = Settings(smtp_url="smtp://127.0.0.1:1?from=bonjour@lomme.test")
    closed = cast(Instance, StandIn(desk.pool, settings))

    with pytest.raises(MailRefused):
        await send_alert_mail(closed, {"actor_id": desk.awa.id}, NOON)
    await desk.send()

    assert [mail["Subject"] for mail in desk.postman.taken] == ["Une annonce nouvelle : Tente"]


async def test_what_fits_her_listings_is_told_with_its_own_stop(desk: Desk) -> None:
    async with transaction(desk.pool) as conn:
        await match_choices.save(conn, desk.awa.id, MatchChoice(needs=True))
        await make_listing(conn, desk.awa, title="Remorque à vélo")
        await make_listing(conn, desk.bob, title="Cherche une remorque", kind="request")
    await watch(desk.instance)

    await desk.send()

    [mail] = desk.postman.taken
    assert mail["Subject"] == "Une annonce va avec une des vôtres : Cherche une remorque"
    async with transaction(desk.pool) as conn:
        assert await matches.claim_unmailed(conn, desk.awa.id, at=NOON) == []
