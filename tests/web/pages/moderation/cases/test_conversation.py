"""A whole private talk: closed, but where the cooperative opens it; then both sides see it, and the team why."""

import re
from dataclasses import replace

import pytest

from models import preferences
from models.moderation import journal
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection, fetch_value, transaction
from tests.factories import make_member, make_note
from tests.web.pages.moderation.conftest import Team

WHY = {"motive": "Savoir qui a commencé."}


@pytest.fixture
async def talk(team: Team) -> tuple[Actor, list[Post]]:
    """Carol and Hocine write about his drill; she joins only one of the lines around what she reports."""
    written = []
    async with transaction(team.instance.pool) as conn:
        carol, hocine = await make_member(conn, "carol", name="Carol"), team.village.hocine
        for number, author in enumerate((carol, hocine, carol, hocine)):
            other = hocine if author == carol else carol
            changes = {"in_reply_to_uri": team.village.drill.uri, "mention_ids": (other.id,)}
            note = await make_note(conn, author, audience="direct", content=f"<p>Ligne {number}</p>", **changes)
            written.append(note)
    return carol, written


async def allow(team: Team) -> None:
    async with transaction(team.instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), talks_opened=True))


async def test_a_case_shows_who_said_what_when_and_which_was_reported_and_nothing_that_nobody_joined(
    team: Team, talk: tuple[Actor, list[Post]]
) -> None:
    carol, lines = talk
    case = await team.report(reporter=carol, post_ids=(lines[1].id,), around_ids=(lines[0].id,))
    await team.report(reporter=carol, post_ids=(lines[3].id,), around_ids=(lines[1].id,))

    page = await team.mona.get(case)

    told = [" ".join(one.text_content().split()) for one in page.html.xpath("//ol[contains(@class, 'thread')]/li")]
    shown = [one.split(" Ligne ")[0].partition(",")[0] for one in told]
    assert shown == ["Carol", "SignaléHocine", "SignaléHocine"]
    assert all(line.xpath(".//time") for line in page.html.xpath("//ol[contains(@class, 'thread')]/li"))
    assert "Ligne 2" not in page.words() and "Ouvrir toute la conversation" not in page.words()


async def test_it_stays_closed_unless_the_cooperative_opens_it(team: Team, talk: tuple[Actor, list[Post]]) -> None:
    carol, lines = talk
    case = await team.report(reporter=carol, post_ids=(lines[1].id,))
    where, missing = f"{case}/conversations/{lines[1].id}", f"{case}/conversations/1"

    off = [await team.mona.get(where), await team.mona.send(where, WHY, form_on=case)]
    await allow(team)
    unopened = await team.mona.get(where)
    elsewhere = f"{case}/conversations/{lines[2].id}"
    others = [await team.mona.send(one, WHY, form_on=case) for one in (elsewhere, missing)]

    assert {one.status for one in (*off, unopened, *others)} == {404}
    assert off[0].words() == (await team.mona.get(missing)).words()
    async with connection(team.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM case_step") == 0


async def test_opened_with_a_reason_both_sides_see_it_and_the_journal_keeps_it(
    team: Team, talk: tuple[Actor, list[Post]]
) -> None:
    carol, lines = talk
    await allow(team)
    case = await team.report(reporter=carol, post_ids=(lines[1].id,))
    where = f"{case}/conversations/{lines[1].id}"

    mute = await team.mona.send(where, {"motive": " "}, form_on=case)
    opened = await team.mona.send(where, WHY, form_on=case)
    page = await team.mona.get(opened.location)
    alone = await team.odile.get(where)

    assert (mute.status, opened.status, alone.status) == (422, 303, 404)
    assert "Dites pourquoi il faut lire toute la conversation." in mute.words()
    assert re.findall(r"Ligne \d", page.words()) == ["Ligne 0", "Ligne 1", "Ligne 2", "Ligne 3"]
    assert page.html.xpath("string(//li[@class='aimed']//p[2])") == "Hocine"
    assert "Mona a ouvert toute une conversation signalée, motif : Savoir qui a commencé." in (
        (await team.odile.get(case)).words()
    )
    async with connection(team.instance.pool) as conn:
        thread = await fetch_value(conn, "SELECT exchange_id FROM exchange_message WHERE post_id = $1", lines[1].id)
        [entry] = await journal.list_entries(conn, team.village.hocine.id + 1)
    assert (entry.act, entry.by_id, entry.details["motive"]) == (
        "conversation_read",
        team.mona_herself.id,
        WHY["motive"],
    )
    for one, other in ((carol, "Hocine"), (team.village.hocine, "Carol")):
        browser = await team.open_browser(one)
        news = (await browser.get("/notifications")).words()
        assert f"L’équipe de la coop a ouvert votre conversation avec {other}, où un message a été signalé" in news
        assert "L’équipe de la coop a ouvert cette conversation" in (await browser.get(f"/echanges/{thread}")).words()
    async with transaction(team.instance.pool) as conn:
        await conn.execute("UPDATE case_step SET at = at - interval '5 hours'")
    assert (await team.mona.get(where)).status == 404


async def test_whoever_is_reported_or_stepped_aside_opens_nothing(team: Team, talk: tuple[Actor, list[Post]]) -> None:
    carol, lines = talk
    await allow(team)
    case = await team.report(reporter=carol, post_ids=(lines[1].id,))
    where = f"{case}/conversations/{lines[1].id}"
    await team.mona.send(case, {"act": "withdraw", "motive": "Mon voisin."}, form_on=case)
    async with transaction(team.instance.pool) as conn:
        await conn.execute("UPDATE account SET roles = '{moderator}' WHERE actor_id = $1", team.village.hocine.id)
    hocine = await team.open_browser(team.village.hocine)

    answers = [
        await team.mona.send(where, WHY, form_on="/compte"),
        await hocine.send(where, WHY, form_on="/compte"),
        await hocine.get(where),
    ]
    await team.decide(case, "nothing", by=team.odile)
    answers.append(await team.odile.send(where, WHY, form_on="/compte"))

    assert {one.status for one in answers} == {404}


async def test_where_one_of_both_cannot_be_written_to_it_opens_tells_the_other_and_says_whom_it_did_not(
    team: Team, talk: tuple[Actor, list[Post]]
) -> None:
    carol, lines = talk
    await allow(team)
    case = await team.report(reporter=carol, post_ids=(lines[1].id,))
    where = f"{case}/conversations/{lines[1].id}"
    async with transaction(team.instance.pool) as conn:
        await conn.execute("UPDATE actor SET suspended_at = now() WHERE id = $1", team.village.hocine.id)

    opened = await team.mona.send(where, WHY, form_on=case)

    assert opened.status == 303
    assert "Aucun message n’a pu prévenir Hocine." in (await team.mona.get(where)).words()
    assert "(aucun message n’a pu prévenir Hocine)" in (await team.odile.get(case)).words()
    async with connection(team.instance.pool) as conn:
        told = "SELECT count(*) FROM mention m JOIN post p ON p.id = m.post_id WHERE m.actor_id = $1 AND p.content ~ $2"
        assert await fetch_value(conn, told, carol.id, "conversation privée avec Hocine") == 1
