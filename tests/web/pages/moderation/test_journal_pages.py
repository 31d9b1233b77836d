"""The journal says all to the team, and to members role, act, rule and day, never the person."""

from models import preferences
from models.moderation import journal
from models.people import accounts
from models.preferences import Preferences
from models.store.database import execute, transaction
from tests.factories import make_member
from tests.web.pages.moderation.conftest import Team

PAGE = "/coop/journal"


async def test_the_team_reads_who_did_what_to_whom_and_members_read_no_names(team: Team) -> None:
    await team.decide(await team.report(reporter=team.village.alice), "limit", rule="Annonce trompeuse")
    alice = await team.open_browser(team.village.alice)

    whole = (await team.odile.get(PAGE)).words()
    bare = await alice.get("/journal")

    for said in ("Un compte a été limité", "Hocine", "Mona", "Modération", "Annonce trompeuse", "Voir le dossier"):
        assert said in whole
    for said in ("Un compte a été limité", "Modération", "Annonce trompeuse"):
        assert said in bare.words()
    for name in ("Hocine", "hocine", "Mona", "/coop/dossiers", "Maryse"):
        assert name not in bare.text.partition("<main")[2].partition("</main>")[0]
    assert (await alice.get(PAGE)).status == 404


async def test_whom_it_is_about_reads_neither_her_line_nor_does_another_role_read_her_name(team: Team) -> None:
    await team.decide(await team.report(target=team.mona_herself), "warn", by=team.odile)
    async with transaction(team.instance.pool) as conn:
        keeper = await make_member(conn, "gardien", roles=["keeper"])
        welcome = await accounts.get(conn, team.village.admin.id)
        await journal.record(conn, "sign_up_approved", by=welcome, right="sign_ups", about_id=team.village.alice.id)

    own = (await team.mona.get(PAGE)).words()
    other = (await (await team.open_browser(keeper)).get(PAGE)).words()

    assert "Un mot a été écrit" not in own and "Une demande d’entrée a été acceptée : Maryse" in own
    assert "Un mot a été écrit à une personne" in other and "Mona" not in other and "Voir le dossier" not in other


async def test_it_is_read_month_by_month_and_in_pages(team: Team) -> None:
    async with transaction(team.instance.pool) as conn:
        nadia = await accounts.get(conn, team.village.admin.id)
        for number in range(52):
            await journal.record(conn, "filter_changed", by=nadia, right="reports", rule=f"Filtre {number}.")
        await execute(
            conn, "UPDATE journal_entry SET at = '2026-01-31 23:30+00' WHERE rule IN ('Filtre 0.', 'Filtre 1.')"
        )

    first = await team.mona.get(PAGE)
    older = await team.mona.get(first.html.xpath("string(//a[@rel='next']/@href)"))
    month = await team.mona.get(f"{PAGE}?mois=2026-02")

    assert "Filtre 51." in first.words() and "Filtre 1." not in first.words()
    assert "Filtre 1." in older.words() and "Filtre 51." not in older.words()
    assert "Filtre 0." in month.words() and "Filtre 5." not in month.words()  # by the clock in Paris
    assert "février 2026" in first.words()


async def test_where_the_cooperative_does_not_want_it_members_read_none(team: Team) -> None:
    async with transaction(team.instance.pool) as conn:
        await preferences.save(conn, Preferences(journal_shown=False))

    assert (await (await team.open_browser(team.village.alice)).get("/journal")).status == 404
    assert (await team.mona.get(PAGE)).status == 200


async def test_what_is_decided_about_other_servers_and_the_settings_stands_there_but_not_what_is_sent_again(
    team: Team,
) -> None:
    nadia = await team.open_browser(team.village.admin)
    aside = "/coop/serveurs/liste"
    await nadia.send(aside, {"act": "block", "domain": "spam.test", "reason": "Pourriels"}, form_on=aside)
    for act in ("hold", "retry"):
        page = "/coop/serveurs/henin.test"
        assert (await nadia.send(page, {"act": act}, form_on=page)).status == 303
    await nadia.send("/coop/territoires", {"act": "register", "listed": "1"}, form_on="/coop/territoires")
    page = "/coop/reglages/plaque"
    for accent in ("prune", "prune"):
        assert (await nadia.send(page, {"accent": accent}, form_on=page)).status == 303

    read = await team.odile.get(PAGE)
    bare = (await (await team.open_browser(team.village.alice)).get("/journal")).words()

    assert read.words().count("L’équipe a décidé à propos d’une autre plateforme") == 3
    assert read.words().count("Un réglage de la coop a changé") == 1
    assert "plateforme : spam.test" in read.words() and "plateforme : henin.test" in read.words()
    assert "Pourriels" in bare and "spam.test" not in bare and "Administration" in bare
