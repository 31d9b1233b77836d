"""The cooperative's home: whom it opens for, what nobody sees about herself, who can settle what, and since when."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from federation.instance import Instance
from models.coop.team import TeamMember
from models.moments import PARIS
from models.people import accounts
from models.people.accounts import Account, Role
from models.people.actors import Actor
from models.people.team.duty import find_week
from models.store.database import Connection, connection, execute, transaction
from tests.factories import make_agreement, make_listing, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.coop import pending_things as things
from tests.web.pages.coop.test_sources import list_lines
from web.pages.coop.home import describe_since, name_who
from web.rendering.formats import set_in

Open = Callable[[Actor | None], Awaitable[Browser]]


def say(sentence: str, /, **values: object) -> str:
    return set_in(sentence, values, "fr")


@pytest.fixture
async def quiet(instance: Instance, lomme: Village) -> Village:
    """Lomme with a good backup."""
    async with transaction(instance.pool) as conn:
        await things.add_backup(conn)
    return lomme


async def give_roles(conn: Connection, actor: Actor, *roles: Role) -> None:
    await execute(conn, "UPDATE account SET roles = $2 WHERE actor_id = $1", actor.id, list(roles))


async def test_the_home_is_for_the_team_alone(open_browser: Open, quiet: Village) -> None:
    alice, nadia, visitor = [await open_browser(one) for one in (quiet.alice, quiet.admin, None)]

    hers, page, outside = [await one.get("/coop") for one in (alice, nadia, visitor)]
    bars = [one.html.xpath("//nav[contains(@class, 'bar')]//a[@href='/coop']") for one in (hers, page)]

    assert (hers.status, page.status, outside.location) == (404, 200, "/connexion?retour=/coop")
    assert [len(bar) for bar in bars] == [0, 1] and bars[1][0].get("aria-current") == "page"


async def test_nobody_sees_or_counts_what_is_about_herself(
    open_browser: Open, instance: Instance, quiet: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await give_roles(conn, quiet.hocine, "moderator", "welcome")
        await things.add_report(conn, quiet)
        await things.add_proposal(conn, quiet)
        await things.add_appeal(conn, quiet)
        await things.add_held_post(conn, quiet)
        own = await make_listing(conn, quiet.alice, title="Remorque")
        await execute(conn, "UPDATE listing SET expires_at = now() + interval '1 day' WHERE post_id = $1", own.id)
        await things.ask(conn, own.id, quiet)
        await give_roles(conn, quiet.alice, "welcome")
    hocine, alice, nadia = [await open_browser(one) for one in (quiet.hocine, quiet.alice, quiet.admin)]

    lines = [list_lines(await one.get("/coop")) for one in (hocine, alice, nadia)]

    assert lines[0] == ["« Remorque » se termine bientôt, et quelqu’un y attend une réponse"]
    assert lines[1] == [] and len(lines[2]) == 5


async def test_who_decided_neither_confirms_it_nor_answers_for_it_unless_nobody_else_can(
    open_browser: Open, instance: Instance, quiet: Village
) -> None:
    nadia = await open_browser(quiet.admin)
    async with transaction(instance.pool) as conn:
        await things.add_decision(conn, quiet.hocine.id, by=quiet.admin.id)
        decided = await things.add_decision(conn, quiet.hocine.id, by=quiet.admin.id, effective=True)
        await execute(conn, "INSERT INTO appeal (decision_id, words) VALUES ($1, 'Non.')", decided)
    alone = (await nadia.get("/coop")).words()

    async with transaction(instance.pool) as conn:
        await give_roles(conn, quiet.alice, "moderator")
    alice = await open_browser(quiet.alice)
    shared, hers = list_lines(await nadia.get("/coop")), await alice.get("/coop")

    assert "conteste une décision" in alone and "attend une deuxième personne" in alone
    assert "personne de l’équipe ne peut s’en occuper : donnez ce rôle à quelqu’un" in alone
    assert shared == [] and len(list_lines(hers)) == 2
    assert hers.words().count("personne d’autre que vous ne peut s’en occuper") == 2


async def test_who_reported_or_stepped_aside_neither_sees_nor_counts_what_is_for_others_to_settle(
    open_browser: Open, instance: Instance, quiet: Village
) -> None:
    nadia = await open_browser(quiet.admin)
    async with transaction(instance.pool) as conn:
        await give_roles(conn, quiet.alice, "moderator")
        odile = await make_member(conn, "odile", roles=["moderator"])
        suspended = await make_member(conn, "ecartee", roles=["moderator"])
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", suspended.id)
        await things.add_decision(conn, quiet.hocine.id)
        decided = await things.add_decision(conn, quiet.hocine.id, by=odile.id, effective=True)
        await execute(conn, "INSERT INTO appeal (decision_id, words) VALUES ($1, 'Non.')", decided)
        await things.report(conn, quiet.hocine.id)
        await execute(
            conn,
            """
            INSERT INTO report (id, reporter_id, target_id, case_id, object_uris, content, local, closed_at)
            SELECT id, $1, actor_id, id, '{}', '', true, now() FROM moderation_case WHERE closed_at IS NOT NULL
            """,
            quiet.alice.id,
        )
    alice = await open_browser(quiet.alice)
    lines = [list_lines(await one.get("/coop")) for one in (nadia, alice)]
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO case_step (id, case_id, by_id, act) SELECT id, id, $1, 'withdrew' FROM moderation_case
            """,
            quiet.admin.id,
        )
    away = list_lines(await nadia.get("/coop"))
    kept = list_lines(await alice.get("/coop"))

    assert [len(one) for one in lines] == [3, 1] and "signalement" in lines[1][0]
    assert away == [] and "signalement" in kept[0]
    assert any("attend une deuxième personne" in one for one in kept) is False  # Odile can confirm it still


async def test_a_case_about_one_person_is_one_line_whatever_was_said_of_her(
    open_browser: Open, instance: Instance, quiet: Village
) -> None:
    nadia = await open_browser(quiet.admin)
    async with transaction(instance.pool) as conn:
        await things.report(conn, quiet.hocine.id)
        await things.report(conn, quiet.hocine.id, local=False)
        await things.report(conn, quiet.hocine.id)

    page = await nadia.get("/coop")

    assert list_lines(page) == ["Un signalement parle de Hocine"]
    assert "3 signalements, dont un venu d’une autre plateforme" in page.words()


@pytest.mark.parametrize(
    ("age", "proven", "failed", "words"),
    [
        (timedelta(hours=25), timedelta(days=31), False, None),
        (timedelta(hours=27), timedelta(), False, "La dernière sauvegarde a plus d’un jour"),
        (timedelta(days=3, hours=1), timedelta(), False, "La dernière sauvegarde a 3 jours"),
        (timedelta(), None, False, "Aucune sauvegarde n’a encore été vérifiée"),
        (timedelta(), timedelta(days=40), False, "La dernière sauvegarde vérifiée a 40 jours"),
        (timedelta(), timedelta(), True, "La sauvegarde vérifiée en dernier ne peut pas servir"),
    ],
)
async def test_a_backup_is_made_each_night_and_proven_each_month(
    nadia: Browser, instance: Instance, age: timedelta, proven: timedelta | None, failed: bool, words: str | None
) -> None:
    async with transaction(instance.pool) as conn:
        await things.add_backup(conn, age=age, proven=proven, failed=failed)

    assert list_lines(await nadia.get("/coop")) == ([words] if words else [])


async def test_without_any_backup_that_is_said(nadia: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "DELETE FROM backup_run")

    assert list_lines(await nadia.get("/coop")) == ["Aucune sauvegarde n’a encore été faite"]


@pytest.fixture
async def nadia(open_browser: Open, quiet: Village) -> Browser:
    """Nadia, who administers."""
    return await open_browser(quiet.admin)


async def test_what_is_no_trouble_has_no_line(nadia: Browser, instance: Instance, quiet: Village) -> None:
    async with transaction(instance.pool) as conn:
        for add in (things.add_failing_server, things.add_failing_chore, things.add_stuck_mail, things.add_ending):
            await add(conn, quiet)
        await execute(conn, "UPDATE server SET level = 'reader'")
        await execute(conn, "UPDATE chore_trouble SET failures = 1")
        await execute(conn, "UPDATE mail SET created_at = now() - interval '8 days'")
        await execute(conn, "UPDATE exchange SET owner_read_id = last_id")
        await things.add_letter(conn, quiet)
        await execute(conn, "UPDATE preference SET value = 'false' WHERE key = 'strangers_shown'")

    assert list_lines(await nadia.get("/coop")) == []


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (datetime(2026, 4, 27, 9, 30, tzinfo=PARIS), "depuis 9\u00a0h\u00a030"),
        (datetime(2026, 4, 26, 23, 59, tzinfo=PARIS), "depuis hier"),
        (datetime(2026, 4, 24, 8, 0, tzinfo=PARIS), "depuis vendredi"),
        (datetime(2026, 4, 20, 23, 0, tzinfo=PARIS), "depuis le 20 avril"),
    ],
)
def test_since_when_is_said_as_people_say_it(since: datetime, words: str) -> None:
    assert describe_since(say, "fr", since, datetime(2026, 4, 27, 12, 30, tzinfo=PARIS)) == words


async def find_account(instance: Instance, actor: Actor) -> Account:
    async with connection(instance.pool) as conn:
        found = await accounts.find(conn, actor.id)
    assert found is not None
    return found


async def test_at_most_three_are_named_who_is_on_duty_first_then_the_reader(instance: Instance, quiet: Village) -> None:
    nadia = await find_account(instance, quiet.admin)

    def member(actor_id: int, name: str, *, on_duty: bool = False) -> TeamMember:
        roles: list[Role] = ["welcome"]
        return TeamMember(actor_id=actor_id, name=name, roles=roles, on_duty=roles if on_duty else [])

    she = TeamMember(actor_id=nadia.actor_id, name="Nadia", roles=["admin"], on_duty=[])
    keeper = TeamMember(actor_id=9, name="Zoé", roles=["keeper"], on_duty=["keeper"])
    three = [member(1, "Rachid"), she, member(2, "Claire", on_duty=True), keeper]

    assert name_who(say, nadia, three, "sign_ups") == "peuvent s’en occuper : Claire (de permanence), vous et Rachid"
    assert name_who(say, nadia, [*three, member(3, "Ali"), member(4, "Eve")], "sign_ups") == (
        "peuvent s’en occuper : Claire (de permanence), vous et 3 autres"
    )
    assert name_who(say, nadia, three, "servers") == "personne d’autre que vous ne peut s’en occuper"
    assert name_who(say, nadia, [keeper, member(1, "Rachid")], "sign_ups") == (
        "seule personne à pouvoir s’en occuper : Rachid"
    )


async def test_who_is_on_duty_this_week_is_named_first_and_so(
    nadia: Browser, instance: Instance, quiet: Village
) -> None:
    week = find_week(datetime.now(PARIS))
    async with transaction(instance.pool) as conn:
        await things.add_sign_up(conn, quiet)
        claire = await make_member(conn, "claire", roles=["welcome"], name="Claire")
        rachid = await make_member(conn, "rachid", roles=["welcome"], name="Rachid")
        for actor, role, since in ((claire, "welcome", week), (rachid, "welcome", week - timedelta(weeks=1))):
            await execute(conn, "INSERT INTO duty (week, role, actor_id) VALUES ($1, $2, $3)", since, role, actor.id)

    assert "peuvent s’en occuper : Claire (de permanence), vous et Rachid" in (await nadia.get("/coop")).words()
    async with transaction(instance.pool) as conn:
        await give_roles(conn, claire, "keeper")
    assert "(de permanence)" not in (await nadia.get("/coop")).words()


async def test_whoever_is_gone_or_waits_herself_is_not_named(
    nadia: Browser, instance: Instance, quiet: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await things.add_sign_up(conn, quiet)
        for name, change in (
            ("partie", "UPDATE actor SET deleted_at = now() WHERE id = $1"),
            ("ecartee", "UPDATE actor SET suspended_at = now() WHERE id = $1"),
            ("fermee", "UPDATE account SET disabled_at = now() WHERE actor_id = $1"),
            ("attend", "UPDATE account SET waits_since = now() WHERE actor_id = $1"),
        ):
            somebody = await make_member(conn, name, roles=["welcome"])
            await execute(conn, change, somebody.id)

    assert "personne d’autre que vous ne peut s’en occuper" in (await nadia.get("/coop")).words()


async def test_a_cooperative_that_has_just_begun_is_not_measured_by_weeks_before_it(nadia: Browser) -> None:
    page = await nadia.get("/coop")

    assert "d’habitude" not in page.words() and "Aucun accord n’a été conclu" in page.words()
    assert not page.html.xpath("//*[name()='svg'][@role='img']")


async def test_who_is_on_duty_stands_above_and_the_button_says_what_it_leads_to(
    nadia: Browser, instance: Instance, quiet: Village
) -> None:
    alone = (await nadia.get("/coop")).words()
    async with transaction(instance.pool) as conn:
        await give_roles(conn, quiet.alice, "welcome")
    nobody = (await nadia.get("/coop")).words()
    async with transaction(instance.pool) as conn:
        for who, role in ((quiet.alice, "welcome"), (quiet.admin, "admin")):
            insert = "INSERT INTO duty (week, role, actor_id) VALUES ($1, $2, $3)"
            await execute(conn, insert, find_week(datetime.now(PARIS)), role, who.id)
    both = (await nadia.get("/coop")).words()

    assert "Il n’y a que vous dans l’équipe" in alone and "Prendre la permanence" in alone
    assert "Personne n’est de permanence cette semaine" in nobody and "Il n’y a que vous" not in nobody
    assert "De permanence cette semaine : " in both and "vous" in both and "Maryse" in both
    assert "Je passe la main" in both


async def test_the_week_stands_in_figures_with_a_drawing_and_a_table(
    nadia: Browser, instance: Instance, quiet: Village
) -> None:
    async with transaction(instance.pool) as conn:
        listing = await make_listing(conn, quiet.alice)
        await make_agreement(conn, listing, quiet.hocine, state="agreed", agreed_at=datetime.now(PARIS))
        await execute(conn, "UPDATE account SET created_at = now() - interval '20 days' WHERE roles <> '{}'")

    page = await nadia.get("/coop")
    first = datetime.now(PARIS).date() - timedelta(days=6)

    figures = [" ".join(one.text_content().split()) for one in page.html.xpath("//dl/div")]
    bars = page.html.xpath("//*[name()='svg'][@role='img']//*[name()='rect']")
    rows = page.html.xpath("//table/tbody/tr")

    assert figures[0].startswith("nouveaux membres") and figures[0].endswith("0 d’habitude 2")
    assert len(bars) == 10 and len(rows) == 5
    assert str(first.day) in rows[-1].text_content()


async def test_cards_lead_to_the_rooms_that_open_for_her(
    open_browser: Open, instance: Instance, quiet: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await give_roles(conn, quiet.alice, "welcome")
    alice = await open_browser(quiet.alice)

    page = await alice.get("/coop")

    cards = page.html.xpath("//section[@aria-labelledby='pieces']//a/@href")
    assert "/coop/demandes" in cards and "/coop/signalements" not in cards and "/coop/reglages" not in cards
    assert all([(await alice.get(card)).status == 200 for card in cards])
