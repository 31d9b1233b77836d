"""A case is read and decided on one page, by two where it is grave; the person reads why and can object."""

import re

from models.people.documents import versions
from models.people.documents.versions import NewVersion
from models.store.database import execute, fetch_value, transaction
from tests.factories import make_member, make_note
from tests.web.pages.moderation.conftest import LIST, Team


async def test_from_the_news_to_a_decision_with_reasons_that_the_person_and_the_reporter_read(team: Team) -> None:
    village = team.village
    await team.report(reporter=village.alice)
    news = await team.mona.get("/notifications")
    link = news.html.xpath("string(//main//a[contains(@href, '/coop/signalements/')]/@href)")

    case = (await team.mona.get(link)).location
    page = await team.mona.get(case)
    for said in ("Hocine", "Maryse", "C’est une arnaque.", "Perceuse à percussion", "elle traverse la brique"):
        assert said in page.words()
    assert page.html.xpath(f"//input[@name='post_ids'][@value='{village.drill.id}'][@checked]")
    sent = await team.decide(
        case, "hide", post_ids=str(village.drill.id), rule="Annonce trompeuse", span="none", words=""
    )

    assert (sent.status, sent.location) == (303, f"{case}?fait=decided")
    assert "C’est décidé." in (await team.mona.get(sent.location)).words()
    async with transaction(team.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT hidden_at FROM post WHERE id = $1", village.drill.id)
    hocine = await team.open_browser(village.hocine)
    told = await hocine.get("/notifications")
    where = told.html.xpath("string(//main//a[contains(@href, '/compte/decisions/')]/@href)")
    words = (await hocine.get(where)).words()
    for said in ("Ce que vous aviez publié est masqué", "Annonce trompeuse", "Perceuse à percussion", "un signalement"):
        assert said in words
    assert "Vous avez jusqu’au" in words and "une personne de l’équipe, sans rien d’automatique" in words
    assert "Maryse" not in words and "Mona" not in words
    alice = await team.open_browser(village.alice)
    assert "Ce que vous aviez signalé à propos de Hocine est réglé" in (await alice.get("/notifications")).words()
    assert "L’équipe a lu, et a pris une décision." in (await alice.get("/compte/signalements")).words()


async def test_what_the_person_will_read_is_shown_beforehand_without_deciding(team: Team) -> None:
    case = await team.report()

    seen = await team.decide(
        case, "suspend", act="preview", span="14", rule="Annonce trompeuse", words="Passez mercredi."
    )

    aside = " ".join(seen.html.get_element_by_id("apercu").text_content().split())
    assert seen.status == 200 and "Votre compte est suspendu pendant deux semaines" in aside
    assert "à sa prochaine connexion" in aside and "nouvelles" not in aside, "her news do not open to her any more"
    assert "Passez mercredi." in aside and "Annonce trompeuse" in aside and "Vous avez jusqu’au" in aside
    assert "Odile" in aside and "Passez mercredi." in seen.html.xpath("string(//textarea[@name='words'])")
    assert await team.list_news("decision") == []


async def test_the_articles_of_the_charter_that_stands_are_the_first_reasons(team: Team) -> None:
    text = "# Notre charte\n\n1. On dit vrai.\nDes prix aussi.\n\n2. On se parle bien."
    new = NewVersion(kind="charter", text=text, summary="", due_at=None, published_by=None, follows=0)
    async with transaction(team.instance.pool) as conn:
        await versions.publish(conn, new)
    case = await team.report(reporter=team.village.alice, rules=(2,))

    page = await team.mona.get(case)
    offered = page.html.xpath("//select[@id='rule']/option/@value")
    await team.decide(case, "warn", rule=offered[1])
    hocine = await team.open_browser(team.village.hocine)
    where = (await hocine.get("/notifications")).html.xpath("string(//main//a[contains(@href, '/decisions/')]/@href)")

    assert [one.replace("\xa0", " ") for one in offered[1:4]] == [
        "Point 1 de la charte : On dit vrai.",
        "Point 2 de la charte : On se parle bien.",
        "Annonce trompeuse",
    ]
    assert "Contraire au point 2 de la charte : On se parle bien." in page.words()
    assert "Point 1 de la charte : On dit vrai." in (await hocine.get(where)).words()


async def test_without_a_reason_nothing_is_decided_and_nothing_typed_is_lost(team: Team) -> None:
    case = await team.report()

    bare = await team.decide(case, "suspend", words="", span="date", until="2020-01-01")
    mute = await team.decide(case, "warn", words="")
    unchosen = await team.decide(case, "")

    assert bare.status == mute.status == unchosen.status == 422
    assert "la personne doit savoir pourquoi" in bare.words() and "Choisissez un jour à venir." in bare.words()
    assert bare.html.xpath("//input[@name='kind'][@value='suspend'][@checked]")
    assert "Choisissez ce que vous décidez." in unchosen.words()


async def test_an_exclusion_is_proposed_confirmed_by_another_one_and_told(team: Team) -> None:
    village = team.village
    case = await team.report()

    proposed = await team.decide(case, "exclude", hide_meanwhile="1", post_ids=str(village.drill.id))
    assert proposed.location == f"{case}?fait=proposed"
    assert "Odile" not in await team.list_news("decision")
    own = await team.mona.get(case)
    assert "Retirer ma proposition" in own.words() and "Je confirme" not in own.words()
    assert "À confirmer à deux (1)" in (await team.odile.get(LIST)).words()
    assert "Hocine, proposition d’exclure" in (await team.odile.get(f"{LIST}?voir=a-confirmer")).words()
    page = await team.odile.get(case)
    form = page.html.xpath("//form[contains(@action, '/suite')]")[0]
    fields = {one: form.xpath(f"string(.//input[@name='{one}']/@value)") for one in ("act", "decision", "read_until")}

    refused = await team.mona.send(f"{case}/suite", fields, form_on=case)
    confirmed = await team.odile.send(f"{case}/suite", fields, form_on=case)
    late = await (await team.open_browser(village.admin)).send(f"{case}/suite", fields, form_on=case)

    assert (refused.status, confirmed.location, late.status) == (404, f"{case}?fait=confirmed", 409)
    assert "Odile a été plus rapide" in late.words() and "Une personne a été exclue" in late.words()
    assert "Odile a confirmé : exclure" in late.words()
    assert await team.list_news("decision") == ["hocine", "hocine"]


async def test_the_second_one_may_refuse_with_why_and_the_case_waits_again(team: Team) -> None:
    case = await team.report()
    await team.decide(case, "exclude")
    page = await team.odile.get(case)
    id = page.html.xpath("string(//form[contains(@action, '/suite')]//input[@name='decision']/@value)")
    fields = {"act": "refuse", "decision": id}

    mute = await team.odile.send(f"{case}/suite", fields, form_on=case)
    said = await team.odile.send(f"{case}/suite", {**fields, f"words_{id}": "Trop dur."}, form_on=case)

    assert (mute.status, said.location) == (422, f"{case}?fait=refused_proposal")
    assert "Odile a refusé, motif : Trop dur." in (await team.mona.get(case)).words()
    assert "Un dossier à lire" in (await team.mona.get(LIST)).words()


async def test_two_at_once_the_second_one_reads_what_the_first_did_and_loses_nothing(team: Team) -> None:
    case = await team.report()
    seen = (await team.odile.get(case)).html.xpath("string(//input[@name='seen']/@value)")
    await team.decide(case, "warn")

    late = await team.decide(case, "limit", by=team.odile, seen=seen, words="Trois fois déjà.")

    assert late.status == 409 and "Mona a été plus rapide" in late.words() and "Un mot a été écrit" in late.words()
    assert re.search("Un mot *Mona", late.words())
    assert late.html.xpath("string(//textarea[@name='words'])").strip() == "Trois fois déjà."
    again = await team.decide(case, "limit", by=team.odile, words="Trois fois déjà.", seen=read_seen(late.text))
    assert again.location == f"{case}?fait=decided"


def read_seen(text: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', text)
    assert found is not None
    return found[1]


async def test_who_is_reported_neither_sees_nor_decides_it_though_she_moderates(team: Team) -> None:
    case = await team.report(target=team.mona_herself)

    answers = [
        await team.mona.get(case),
        await team.mona.send(case, {"act": "take"}, form_on="/compte"),
        await team.mona.send(f"{case}/decision", {"kind": "nothing", "seen": "0"}, form_on="/compte"),
        await team.mona.send(f"{case}/suite", {"act": "confirm", "decision": "1"}, form_on="/compte"),
    ]

    assert [one.status for one in answers] == [404] * 4
    assert "Rien à lire" in (await team.mona.get(LIST)).words()
    assert "Mona" in (await team.odile.get(LIST)).words()
    assert await team.list_news("admin.report") == ["nadia", "odile"]


async def test_it_is_taken_given_back_noted_and_left_and_the_journal_says_all_of_it(team: Team) -> None:
    case = await team.report()
    for fields in (
        {"act": "take"},
        {"act": "note", "note": "Appelé, il ne répond pas."},
        {"act": "give_back"},
        {"act": "withdraw", "motive": "C’est mon voisin."},
    ):
        sent = await team.mona.send(case, fields, form_on=case)
        assert sent.location == f"{case}?fait={fields['act']}"
    empty = await team.odile.send(case, {"act": "note", "note": " "}, form_on=case)

    page = (await team.odile.get(case)).words()
    decided = await team.decide(case, "nothing", seen="0")

    for said in (
        "Mona a pris le dossier",
        "Mona a écrit une note",
        "Mona : « Appelé, il ne répond pas. »",
        "Mona a rendu le dossier à l’équipe",
        "motif : C’est mon voisin.",
        "Un signalement reçu d’une personne sans compte",
    ):
        assert said in page
    assert empty.status == 422 and decided.status == 404
    assert "il se décide sans vous" in (await team.mona.get(case)).words()


async def test_of_a_private_message_only_what_was_joined_is_read(team: Team) -> None:
    village = team.village
    async with transaction(team.instance.pool) as conn:
        note = await make_note(
            conn, village.hocine, audience="direct", content="<p>Donne ton code.</p>", mention_ids=(village.alice.id,)
        )
        other = await make_note(
            conn, village.hocine, audience="direct", content="<p>Autre chose.</p>", mention_ids=(village.alice.id,)
        )
    case = await team.report(reporter=village.alice, post_ids=(note.id,))

    page = await team.mona.get(case)
    await team.decide(case, "hide", post_ids=str(other.id), span="none")

    assert "Donne ton code." in page.words() and f"/notes/{note.id}" not in page.text
    assert "Autre chose." not in page.words() + (await team.mona.get(case)).words()


async def test_posts_of_somebody_else_are_neither_hidden_nor_named(team: Team) -> None:
    case = await team.report()

    sent = await team.decide(case, "hide", post_ids=str(team.village.tent.id))

    assert sent.status == 422 and "Cochez au moins une chose à masquer." in sent.words()


async def test_decided_it_can_be_opened_again_and_taken_back(team: Team) -> None:
    case = await team.report(reporter=team.village.alice)
    await team.decide(case, "suspend")
    nadia = await team.open_browser(team.village.admin)
    assert "Membre, hocine@example.org, compte suspendu" in (await nadia.get("/coop/membres")).words()
    assert (await nadia.get("/coop/membres/hocine")).html.xpath(f"//main//a[@href='{case}']")
    page = await team.odile.get(case)
    id = page.html.xpath("string(//form[.//button[@value='take_back']]/input[@name='decision']/@value)")

    back = await team.odile.send(
        f"{case}/suite", {"act": "take_back", "decision": id, f"words_{id}": "C’était une erreur."}, form_on=case
    )
    opened = await team.odile.send(case, {"act": "reopen"}, form_on=case)

    assert (back.location, opened.location) == (f"{case}?fait=taken_back", f"{case}?fait=reopen")
    assert "Un dossier à lire" in (await team.mona.get(LIST)).words()
    hocine = await team.open_browser(team.village.hocine)
    assert "C’était une erreur." in (await hocine.get(f"/compte/decisions/{id}")).words()
    async with transaction(team.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT closed_at FROM report") is None


async def test_with_nobody_to_confirm_the_page_says_so_and_nobody_is_excluded(team: Team) -> None:
    case = await team.report()
    async with transaction(team.instance.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id <> $1", team.mona_herself.id)

    page = await team.mona.get(case)
    sent = await team.decide(case, "exclude")

    assert "personne d’autre ne peut confirmer" in page.words() and sent.status == 422
    assert "Donnez d’abord le rôle de modération" in sent.words()


async def test_of_somebody_elsewhere_it_leads_to_the_page_of_her_server(team: Team) -> None:
    case = await team.report(target=team.village.bob)

    there = (await (await team.open_browser(team.village.admin)).get(case)).text
    words = (await team.mona.get(case)).words()

    assert 'href="/coop/serveurs/henin.test"' in there
    assert "Léonie, de Hénin-Carvin" in words and "revient aux personnes qui administrent" in words


async def test_a_confirmation_that_would_leave_nobody_who_administers_says_so_on_the_page(team: Team) -> None:
    async with transaction(team.instance.pool) as conn:
        zoe = await make_member(conn, "zoe", roles=["admin"], name="Zoé")
    case = await team.report(target=zoe)
    await team.decide(case, "exclude")
    async with transaction(team.instance.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", team.village.admin.id)
    form = (await team.odile.get(case)).html.xpath("//form[contains(@action, '/suite')]")[0]
    fields = {one: form.xpath(f"string(.//input[@name='{one}']/@value)") for one in ("act", "decision", "read_until")}

    sent = await team.odile.send(f"{case}/suite", fields, form_on=case)

    assert sent.status == 422 and "Il faut au moins une personne qui administre." in sent.words()
    assert "Je confirme" in sent.words()


async def test_who_alone_could_decide_does_not_step_aside_and_is_told_what_to_do(team: Team) -> None:
    case = await team.report()
    async with transaction(team.instance.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id <> $1", team.mona_herself.id)

    sent = await team.mona.send(case, {"act": "withdraw", "motive": "Mon voisin."}, form_on=case)

    assert sent.status == 422 and "Personne d’autre ne peut décider" in sent.words()
