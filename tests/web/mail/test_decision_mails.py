"""Whoever the team decided about is written to with the reasons, here by mail and elsewhere by a private note."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from models import preferences
from models.moderation import reports as kept_reports
from models.people import accounts
from models.store.database import Pool, execute, fetch_column, transaction
from outbox.moderation import case_appeals, case_decisions
from outbox.moderation.case_decisions import Ruled, Ruling
from outbox.moderation.statements import Occasion
from tests.factories import HERE, make_local_actor, make_remote_actor
from tests.web.mail.team_scenario import Team, open_team
from tests.web.smtp_server import read_parts
from web.mail.decision_mails import send_decision


@pytest.fixture
async def team(pool: Pool) -> AsyncIterator[Team]:
    async with open_team(pool) as team:
        yield team


async def rule(team: Team, ruling: Ruling) -> Ruled:
    """Mona decides about Hocine, whom Alice reported."""
    made = await team.report(reporter=team.alice)
    async with transaction(team.pool) as conn:
        case_id = await kept_reports.find_case(conn, made.id)
        assert case_id is not None
        return await case_decisions.decide(conn, HERE, case_id, ruling, await accounts.get(conn, team.mona.id))


async def make_coop(team: Team) -> None:
    async with transaction(team.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")


async def send(team: Team, ruled: Ruled, occasion: Occasion = "decided") -> tuple[str, str]:
    """The mail that went out: its subject, and all it says."""
    before = len(team.postman.taken)
    await send_decision(team.instance, {"decision_id": ruled.decision.id, "occasion": occasion})
    [mail] = team.postman.taken[before:]
    assert mail["To"] == "hocine@example.org"
    text, html = read_parts(mail)
    assert "/decisions/" in text and "/decisions/" in html
    return str(mail["Subject"]), " ".join(text.split())


async def test_a_suspension_is_told_with_what_why_until_when_by_whom_and_how_to_object(team: Team) -> None:
    words = "C’est la troisième fois."
    ruled = await rule(team, Ruling(kind="suspend", seen=0, days=14, rule="Charte, article 4", words=words))

    subject, text = await send(team, ruled)

    assert subject == "Votre compte est suspendu pendant deux semaines"
    for said in (words, "Charte, article 4", "une personne de l’équipe, sans rien d’automatique", "un signalement"):
        assert said in text
    assert "Vous avez jusqu’au" in text and "Alice" not in text and "Mona" not in text


async def test_somebody_without_a_part_is_promised_in_both_halves_of_the_mail_only_where_there_is_one(
    team: Team,
) -> None:
    await team.report(target=team.alice)
    ruled = await rule(team, Ruling(kind="warn", seen=0, words="Attention."))
    payload = {"decision_id": ruled.decision.id, "occasion": "decided"}

    await send_decision(team.instance, payload)
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id <> $1", team.mona.id)
    await send_decision(team.instance, payload)

    several, alone = ([" ".join(one.split()) for one in read_parts(mail)] for mail in team.postman.taken)
    for said in several:
        assert "Une personne qui n’a pris part à rien relira tout." in said
    for said in alone:
        assert "même si elle a pris part à la décision" in said and "n’a pris part à rien" not in said


async def test_what_follows_is_told_too(team: Team) -> None:
    ruled = await rule(team, Ruling(kind="limit", seen=0, rule="Article 2"))
    async with transaction(team.pool) as conn:
        await case_appeals.object_to(conn, ruled.decision, "Non.")
        odile = await accounts.get(conn, team.odile.id)
        await case_appeals.answer(conn, HERE, ruled.decision.id, odile, "taken_back", "Vous avez raison.")

    answered, text = await send(team, ruled, "answered")
    ended, _ = await send(team, ruled, "ended")

    assert "la décision est levée" in answered and "Vous avez raison." in text and "Odile" not in text
    assert ended.startswith("C’est fini")


async def test_nobody_is_written_to_at_an_address_that_she_never_confirmed(team: Team) -> None:
    ruled = await rule(team, Ruling(kind="warn", seen=0, words="Attention."))
    async with transaction(team.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1", team.hocine.id)

    await send_decision(team.instance, {"decision_id": ruled.decision.id, "occasion": "decided"})

    assert team.postman.taken == []


async def test_somebody_elsewhere_gets_a_note_whose_link_opens_without_an_account(team: Team) -> None:
    await make_coop(team)
    async with transaction(team.pool) as conn:
        bob = await make_remote_actor(conn, "bob")
    made = await team.report(target=bob)
    async with transaction(team.pool) as conn:
        case_id = await kept_reports.find_case(conn, made.id)
        assert case_id is not None
        mona = await accounts.get(conn, team.mona.id)
        ruling = Ruling(kind="suspend", seen=0, words="Ce sont des arnaques. " * 220)
        await case_decisions.decide(conn, HERE, case_id, ruling, mona)

    async with transaction(team.pool) as conn:
        [said] = await fetch_column(conn, "SELECT content FROM post WHERE kind = 'note'")
        sent = await fetch_column(conn, "SELECT host FROM delivery")
    assert "Ce sont des arnaques." in said and "/decisions/" in said and sent == ["henin.test"]
    assert "ne laisse plus rien voir de vous chez nous" in said and "Votre compte" not in said
    assert len(said) > 4_000


async def test_what_was_taken_back_before_its_mail_left_is_not_told_as_if_it_held(team: Team) -> None:
    ruled = await rule(team, Ruling(kind="limit", seen=0, words="Non."))
    async with transaction(team.pool) as conn:
        mona = await accounts.get(conn, team.mona.id)
        await case_decisions.take_back(conn, HERE, ruled.decision.id, mona, "Erreur.")

    await send_decision(team.instance, {"decision_id": ruled.decision.id, "occasion": "decided"})
    assert team.postman.taken == []
    subject, text = await send(team, ruled, "taken_back")
    assert subject == "L’équipe revient sur sa décision" and "Erreur." in text


async def test_long_reasons_of_a_message_leave_room_for_the_address_of_the_page(team: Team) -> None:
    await make_coop(team)
    await rule(team, Ruling(kind="limit", seen=0, words="Très long. " * 450))

    async with transaction(team.pool) as conn:
        [said] = await fetch_column(conn, "SELECT content FROM post WHERE kind = 'note'")
    assert "/compte/decisions/" in said


async def test_an_answer_to_the_mail_reaches_the_cooperative_where_that_gives_an_address(team: Team) -> None:
    ruled = await rule(team, Ruling(kind="warn", seen=0, words="Attention."))
    await send(team, ruled)
    async with transaction(team.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), contact_email="coop@lomme.test"))
    await send(team, ruled)
    await team.report(team.alice)
    await team.run()

    kept = [mail["Reply-To"] for mail in team.postman.taken if mail["To"] == "hocine@example.org"]
    assert kept == [None, "coop@lomme.test"]
    assert {mail["Reply-To"] for mail in team.postman.taken if mail["To"] != "hocine@example.org"} == {None}
