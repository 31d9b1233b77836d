"""Somebody of the team is reported: on no page, in no count, news, journal or app is it shown to her."""

from models.moderation import journal
from models.store.database import connection, fetch_value
from tests.web.pages.moderation.conftest import LIST, Team

HIDDEN = ("C’est une arnaque.", "Mona est", "Un dossier à lire", "À confirmer à deux (1)", "Recours (1)", "exclure")


async def test_nothing_of_it_reaches_her_from_the_report_to_the_appeal(team: Team) -> None:
    case = await team.report(target=team.mona_herself, reporter=team.village.alice)
    seen = []

    async def look() -> None:
        for path in (LIST, f"{LIST}?voir=a-confirmer", f"{LIST}?voir=recours", f"{LIST}?voir=decides", "/coop"):
            seen.append((path, (await team.mona.get(path)).words()))
        seen.append((case, (await team.mona.get(case)).words()))

    await look()
    await team.decide(case, "exclude", by=team.odile)
    await look()
    page = await (admin := await team.open_browser(team.village.admin)).get(case)
    id = page.html.xpath("string(//form[contains(@action, '/suite')]//input[@name='decision']/@value)")
    await admin.send(f"{case}/suite", {"act": "refuse", "decision": id, f"words_{id}": "Trop dur."}, form_on=case)
    await team.decide(case, "limit", by=team.odile)
    await look()
    async with connection(team.instance.pool) as conn:
        decision = await fetch_value(conn, "SELECT id FROM moderation_decision WHERE kind = 'limit'")
        entries = await journal.list_entries(conn, team.mona_herself.id)
    objected = await team.mona.send(
        f"/compte/decisions/{decision}", {"words": "C’est injuste."}, form_on=f"/compte/decisions/{decision}"
    )
    await look()
    answered = await team.mona.send(
        f"{case}/suite",
        {"act": "appeal_taken_back", "decision": str(decision), f"words_{decision}": "Non."},
        form_on="/compte",
    )

    assert objected.status == 303 and answered.status == 404
    assert [(path, word) for path, words in seen for word in HIDDEN if word in words] == []
    assert entries == []
    assert "mona" not in [*await team.list_news("admin.report"), *await team.list_news("second_asked")]
    assert await team.list_news("appeal") == ["nadia"]
