"""What the team decides about the call of somebody without an account reaches her by mail, if she left an address."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from models import preferences
from models.people import accounts, actors
from models.people.accounts import Account
from models.repairs.passers_by import RELEASED
from models.store.database import transaction
from outbox.moderation import held_posts
from outbox.moderation.statements import LETTER
from tests.factories import make_member
from tests.web.form_client import Visitor
from tests.web.passing_scenario import BY_LINK, BY_MAIL, EMAIL, Roadside
from tests.web.smtp_server import read_parts


async def look_first(road: Roadside) -> Account:
    """The cooperative wants to see such calls first; who looks."""
    async with transaction(road.door.instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), passers_by="looked_at"))
        mona = await make_member(conn, "mona")
        await conn.execute("UPDATE account SET roles = '{moderator}' WHERE actor_id = $1", mona.id)
        return await accounts.get(conn, mona.id)


async def call(road: Roadside, last: Mapping[str, str] = BY_MAIL) -> Visitor:
    """Somebody calls; by mail she follows its link too."""
    passer = await road.call(last)
    if last is BY_MAIL:
        await road.run_jobs()
        link = road.mailed_link()
        passer = await (await road.stop()).open(link)
        await passer.send(link)
    return passer


async def decide(road: Roadside, mona: Account, words: str = "") -> int:
    """She lets the call stand, or with words refuses it; its number."""
    listing = await road.published()
    assert listing is not None
    async with transaction(road.door.instance.pool) as conn:
        if words:
            await held_posts.refuse(conn, road.door.instance.site, listing.id, mona, words)
        else:
            await held_posts.release(conn, road.door.instance.site, listing.id, mona)
    await road.run_jobs(RELEASED, LETTER)
    return listing.id


async def test_a_yes_leads_her_back_to_her_call(road: Roadside) -> None:
    mona = await look_first(road)
    await call(road)
    before = len(road.postman.taken)

    listing_id = await decide(road, mona)

    [mail] = road.postman.taken[before:]
    assert mail["To"] == EMAIL and "votre appel se voit" in mail["Subject"]
    text, _ = read_parts(mail)
    passer = await (await road.stop()).open(road.link_in(text))
    assert "Revenir à votre appel" in passer.text
    await passer.send(road.link_in(text))
    assert passer.path == f"/depannage/appels/{listing_id}" and "L’équipe relit" not in passer.text


async def test_the_team_reads_that_it_is_somebody_without_an_account(road: Roadside) -> None:
    await look_first(road)
    await call(road)
    async with transaction(road.door.instance.pool) as conn:
        alice = await actors.get_local(conn, "alice")
        await conn.execute("UPDATE account SET roles = '{moderator}' WHERE actor_id = $1", alice.id)

    team = await (await road.stop()).log_in("alice")
    await team.open("/coop/retenues")

    assert "Une personne sans compte" in team.text and "premières publications" not in team.text


async def test_a_no_says_why_and_opens_without_an_account(road: Roadside) -> None:
    mona = await look_first(road)
    passer = await call(road)
    before = len(road.postman.taken)

    listing_id = await decide(road, mona, "Enlevez le numéro de téléphone, puis appelez de nouveau.")

    [mail] = road.postman.taken[before:]
    text, _ = read_parts(mail)
    assert mail["To"] == EMAIL and mail["List-Unsubscribe"]
    assert "Enlevez le numéro de téléphone" in text and "De passage" not in text and "passage_" not in text
    link = next(word for word in text.split() if "/decisions/" in word).removeprefix("http://lomme.test")
    assert "Enlevez le numéro" in (await (await road.stop()).open(link)).text
    await passer.open(f"/depannage/appels/{listing_id}")
    assert "masqué" in passer.text or "retiré" in passer.text


@pytest.mark.parametrize("way", ["link", "stopped"])
@pytest.mark.parametrize("words", ["", "Pas ainsi."])
async def test_nobody_is_written_to_who_gave_no_address_or_wants_no_more_mails(
    road: Roadside, way: str, words: str
) -> None:
    mona = await look_first(road)
    await call(road, BY_LINK if way == "link" else BY_MAIL)
    if way == "stopped":
        await road.do("UPDATE repair_passer_by SET stopped_at = now()")
    before = len(road.postman.taken)

    await decide(road, mona, words)

    assert road.postman.taken[before:] == []
