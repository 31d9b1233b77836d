"""The queue: one line for each person, the oldest first, in four lists; several are closed at once."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.moderation import cases, reports
from models.moderation.reports import NewReport
from models.people.accounts import ROLES
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests.factories import make_member, make_note, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.moderation.conftest import LIST, Team

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.mark.parametrize("role", ROLES)
async def test_the_roles_that_moderate_see_it_and_nobody_else(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, role: str
) -> None:
    async with transaction(instance.pool) as conn:
        somebody = await make_member(conn, "quelqu_un", roles=[role])
    browser = await open_browser(somebody)

    answers = [await browser.get(LIST), await browser.send(LIST, {"case": "1"}, form_on="/compte")]

    may = role in ("moderator", "admin")
    assert [one.status for one in answers] == ([200, 303] if may else [404, 404])


async def test_reports_about_one_person_are_one_line_with_who_reported_and_who_holds_it(team: Team) -> None:
    village = team.village
    case = await team.report(reporter=village.alice)
    await team.report()
    async with transaction(team.instance.pool) as conn:
        there = await make_remote_actor(conn, "instance", "henin.test", type="Application")
        flag = NewReport(
            uri="https://henin.test/flags/1",
            reporter_id=there.id,
            target_id=village.hocine.id,
            object_uris=[],
            content="Arnaque",
            local=False,
        )
        await reports.save(conn, flag)
    await team.odile.send(case, {"act": "take"}, form_on=case)

    words = (await team.mona.get(LIST)).words()
    page = (await team.mona.get(case)).words()

    assert "Hocine, pour une publication" in words  # which was reported twice
    assert words.count("Hocine") == 2 and "Un dossier à lire" in words  # the line, and its button read aloud
    assert "Signalé par Maryse et une personne sans compte, et par une personne de Hénin-Carvin" in words
    assert "Odile tient ce dossier jusqu’à" in words
    assert "Le nom de la personne reste là-bas." in page and "Un signalement reçu de Hénin-Carvin" in page


async def test_many_come_in_pages_the_oldest_first(team: Team) -> None:
    async with transaction(team.instance.pool) as conn:
        for number in range(23):
            await cases.open_case(conn, None, f"Personne {number}.")
        await execute(conn, "UPDATE moderation_case SET opened_at = now() - (1000 - id % 1000) * interval '1 second'")
        order = await fetch_value(
            conn, "SELECT array_agg(actor_name ORDER BY opened_at, id) FROM moderation_case WHERE closed_at IS NULL"
        )

    first = await team.mona.get(LIST)
    more = await team.mona.get(first.html.xpath("string(//a[@rel='next']/@href)"))

    assert all(name in first.words() for name in order[:20]) and order[20] not in first.words()
    assert all(name in more.words() for name in order[20:]) and order[0] not in more.words()
    assert (await team.mona.get(f"{LIST}?apres=999999999999999999-1")).status == 200


async def test_several_are_closed_at_once_and_whoever_reported_is_told(team: Team) -> None:
    village = team.village
    first = await team.report(reporter=village.alice)
    second = await team.report(target=village.bob, reporter=village.alice)
    own = await team.report(target=team.mona_herself)
    ticked = (await team.mona.get(LIST)).html.xpath("//input[@name='case']/@value")
    ids = [("case", one) for one in ticked]
    assert [one.partition("-")[0] for one in ticked] == [one.rpartition("/")[2] for one in (first, second)]

    nothing = await team.mona.send(LIST, {}, form_on=LIST)
    done = await team.mona.send(LIST, [*ids, ("answer", "Nous avons appelé.")], form_on=LIST)
    hers = await team.mona.send(LIST, {"case": own.rpartition("/")[2]}, form_on=LIST)

    assert nothing.status == 422 and "Cochez au moins un dossier." in nothing.words()
    assert (done.location, hers.location) == (f"{LIST}?fait=closed", f"{LIST}?fait=closed_some")
    assert "Hocine, classé sans suite" in (await team.mona.get(f"{LIST}?voir=decides")).words()
    alice = await team.open_browser(village.alice)
    assert (await alice.get("/compte/signalements")).words().count("Nous avons appelé.") == 2
    async with connection(team.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM report WHERE closed_at IS NULL") == 1


async def test_old_addresses_of_reports_lead_to_their_cases(team: Team) -> None:
    case = await team.report()
    async with connection(team.instance.pool) as conn:
        id = await fetch_value(conn, "SELECT id FROM report")

    assert (await team.mona.get("/coop/signalements")).location == LIST
    assert (await team.mona.get(f"/coop/signalements/{id}")).location == case
    assert (await team.mona.get("/coop/signalements/1")).status == 404


async def test_what_waits_to_be_published_is_read_in_its_author_s_case_and_settled_in_one_place(team: Team) -> None:
    village = team.village
    async with transaction(team.instance.pool) as conn:
        case_id = await cases.open_case(conn, village.hocine.id)
        notes = [await make_note(conn, village.hocine, content=f"<p>Duvet {number}</p>") for number in (1, 2)]
        await execute(
            conn,
            """
            INSERT INTO held_post (post_id, case_id, reason, draft)
            VALUES ($1, $3, 'first', NULL), ($2, $3, 'first', '{"text": "Duvet neuf"}')
            """,
            notes[0].id,
            notes[1].id,
            case_id,
        )
        other = await make_note(conn, village.alice, content="<p>Autre chose</p>")
        await execute(conn, "INSERT INTO held_post (post_id, reason) VALUES ($1, 'first')", other.id)
    case = f"{LIST}/{case_id}"
    assert "Hocine, 2 publications à relire" in (await team.mona.get(LIST)).words()
    page = await team.mona.get(case)
    assert "les premières publications sont relues" in page.words()
    assert "Duvet 1" in page.words() and "Duvet neuf" in page.words() and "Duvet 2" not in page.words()

    where = page.html.xpath("string(//section[@aria-labelledby='retenu']//a/@href)")
    there = await team.mona.get(where)
    assert where == f"/coop/retenues?dossier={case_id}" and "(2)" in there.html.xpath("string(//h1)")
    assert "Autre chose" not in there.words() and there.html.xpath(f"//main//a[@href='{case}']")
    fields = {"act": "release", "post": str(notes[0].id)}
    released = await team.mona.send("/coop/retenues", fields, form_on=where)
    refused = await team.mona.send(
        "/coop/retenues", {"act": "refuse", "post": str(notes[1].id), "words": "Pas ici."}, form_on=where
    )

    assert (released.status, refused.status) == (303, 303)
    assert "Rien à lire" in (await team.mona.get(LIST)).words()
    assert await team.list_news("decision") == ["hocine"]


async def test_what_is_reported_after_the_list_was_shown_stays_open_when_several_are_closed(team: Team) -> None:
    village = team.village
    await team.report(reporter=village.alice)
    await team.report(target=village.bob, reporter=village.alice)
    async with transaction(team.instance.pool) as conn:
        carol = await make_member(conn, "carol")
    ticked = [("case", one) for one in (await team.mona.get(LIST)).html.xpath("//input[@name='case']/@value")]
    await team.report(reporter=carol)
    await team.report(target=village.bob, reporter=village.alice, content="Il recommence.")

    done = await team.mona.send(LIST, ticked, form_on=LIST)

    assert done.location == f"{LIST}?fait=closed_more"
    words = (await team.mona.get(done.location)).words()
    assert "cela reste à lire" in words and "2 dossiers à lire" in words
    async with connection(team.instance.pool) as conn:
        left = await fetch_value(conn, "SELECT array_agg(content ORDER BY id) FROM report WHERE closed_at IS NULL")
    assert left == ["C’est une arnaque.\n\nIl recommence.", "C’est une arnaque."]


async def test_of_several_that_are_closed_the_one_that_another_decided_is_named_with_who_and_what(team: Team) -> None:
    village = team.village
    first = await team.report()
    await team.report(target=village.bob)
    later = await team.mona.get(f"{LIST}?apres=0-1")
    ticked = [("case", one) for one in later.html.xpath("//input[@name='case']/@value")]
    [where] = later.html.xpath("//form[.//input[@name='case']]/@action")
    await team.decide(first, "warn", by=team.odile)

    late = await team.mona.send(where, [*ticked, ("answer", "Merci.")], form_on=LIST)

    assert where == f"{LIST}?apres=0-1", "what is wrong is said beside the boxes that were ticked"
    assert late.status == 409 and "Hocine : Odile a été plus rapide" in late.words()
    assert "C’est classé. Les personnes qui avaient signalé l’apprennent." in late.words(), "the other one is"
    assert "« Un mot a été écrit à une personne »" in late.words() and "Rien à lire" in late.words()
