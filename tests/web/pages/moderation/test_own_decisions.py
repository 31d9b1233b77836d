"""Whoever the team decided about reads why, also without logging in, and objects once."""

from federation.instance import Instance
from models.moderation import appeals, decisions
from models.store.database import execute, fetch_value, transaction
from outbox.moderation.statements import make_link
from tests.web.pages.moderation.conftest import LIST, Team


async def decide(team: Team, kind: str) -> int:
    """Mona decides about Hocine; the decision."""
    await team.decide(await team.report(), kind)
    async with transaction(team.instance.pool) as conn:
        id: int = await fetch_value(conn, "SELECT max(id) FROM moderation_decision")
        return id


async def test_she_objects_and_another_one_takes_it_back(team: Team) -> None:
    id = await decide(team, "limit")
    hocine, where = await team.open_browser(team.village.hocine), f"/compte/decisions/{id}"

    empty = await hocine.send(where, {"words": " "}, form_on=where)
    sent = await hocine.send(where, {"words": "Ce n’était pas moi."}, form_on=where)
    again = await hocine.send(where, {"words": "Encore."}, form_on="/compte")

    assert (empty.status, sent.location, again.status) == (422, f"{where}?fait=objected", 422)
    assert "Vous avez déjà fait un recours" in again.words() and "Encore." in again.words()
    assert await team.list_news("appeal") == ["nadia", "odile"]
    assert "Ce n’était pas moi." in (await team.odile.get(f"{LIST}?voir=recours")).words()
    case = (await team.odile.get(f"{LIST}?voir=recours")).html.xpath(
        "string(//main//li/a[starts-with(@href, '/coop/dossiers/')]/@href)"
    )
    assert "ce n’est pas à vous" in (await team.mona.get(case)).words()
    fields = {"act": "appeal_taken_back", "decision": str(id), f"words_{id}": "Vous avez raison."}
    assert (await team.mona.send(f"{case}/suite", fields, form_on=case)).status == 404
    mute = await team.odile.send(f"{case}/suite", fields | {f"words_{id}": " "}, form_on=case)
    [field] = mute.html.xpath("//*[@id='erreurs']//a/@href")
    assert (mute.status, mute.html.xpath(f"//textarea[@id='{field[1:]}']/@aria-describedby")) == (
        422,
        [f"words_{id}-erreur"],
    )
    assert "Ce que Hocine en dit" in mute.words() and "Limiter le compte" in mute.words()
    assert (await team.odile.send(f"{case}/suite", fields, form_on=case)).location == f"{case}?fait=taken_back"

    words = (await hocine.get(where)).words()
    assert "la décision est levée" in words and "Vous avez raison." in words and "Odile" not in words
    assert "L’équipe a répondu à votre recours" in (await hocine.get("/notifications")).words()


async def test_where_nobody_else_is_free_to_read_an_appeal_it_says_so_before_and_after(team: Team) -> None:
    await team.report(target=team.village.alice)
    id = await decide(team, "limit")
    async with transaction(team.instance.pool) as conn:
        names = "SELECT id FROM actor WHERE username IN ('mona', 'odile', 'nadia')"
        await execute(conn, f"UPDATE account SET roles = '{{}}' WHERE actor_id IN ({names})")
        await execute(conn, "UPDATE account SET roles = '{admin}' WHERE actor_id = $1", team.mona_herself.id)
    hocine, where = await team.open_browser(team.village.hocine), f"/compte/decisions/{id}"

    before = (await hocine.get(where)).words()
    await hocine.send(where, {"words": "Ce n’était pas moi."}, form_on=where)
    after = (await hocine.get(where)).words()

    for words in (before, after):
        assert "même si elle a pris part à la décision" in words and "n’a pris part à rien" not in words


async def test_others_read_neither_it_nor_what_is_only_proposed(team: Team) -> None:
    id = await decide(team, "limit")
    await team.decide(await team.report(), "exclude")
    async with transaction(team.instance.pool) as conn:
        proposed = await fetch_value(conn, "SELECT id FROM moderation_decision WHERE effective_at IS NULL")

    for actor, decision in (
        (team.village.alice, id),
        (team.mona_herself, id),
        (team.village.hocine, proposed),
        (team.village.hocine, 1),
    ):
        browser = await team.open_browser(actor)
        assert (await browser.get(f"/compte/decisions/{decision}")).status == 404


async def test_the_address_in_the_mail_opens_it_for_whoever_cannot_log_in(team: Team, instance: Instance) -> None:
    id = await decide(team, "suspend")
    async with transaction(instance.pool) as conn:
        link = (await make_link(conn, instance.site, id)).removeprefix(instance.site.url)
    anybody = await team.open_browser(None)

    page = await anybody.get(link)
    sent = await anybody.send(link, {"words": "Je conteste."}, form_on=link)

    assert page.status == 200 and "Votre compte est suspendu" in page.words()
    assert sent.location == f"{link}?fait=objected"
    async with transaction(instance.pool) as conn:
        held = await appeals.find(conn, id)
    assert held is not None and held.words == "Je conteste."
    assert (await anybody.get(f"/decisions/{'0' * 8}-0000-4000-8000-{'0' * 12}")).status == 404


async def test_somebody_suspended_who_logs_in_reads_and_objects(team: Team) -> None:
    id = await decide(team, "suspend")
    hocine = await team.open_browser(team.village.hocine)
    where = f"/compte/decisions/{id}"

    page = await hocine.get(where)
    sent = await hocine.send(where, {"words": "Je conteste."}, form_on=where)

    assert (page.status, page.location, sent.location) == (200, "", f"{where}?fait=objected")


async def test_after_thirty_days_it_is_too_late(team: Team) -> None:
    id = await decide(team, "warn")
    hocine, where = await team.open_browser(team.village.hocine), f"/compte/decisions/{id}"
    async with transaction(team.instance.pool) as conn:
        await execute(conn, "UPDATE moderation_decision SET effective_at = now() - interval '31 days'")

    page = await hocine.get(where)
    sent = await hocine.send(where, {"words": "Trop tard."}, form_on="/compte")

    assert "Le temps pour faire un recours est passé" in page.words()
    assert sent.status == 422 and "Il n’est plus possible" in sent.words()
    async with transaction(team.instance.pool) as conn:
        assert await decisions.find(conn, id) is not None
