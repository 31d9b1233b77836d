"""Reporting a listing, a message or somebody, with and without an account: what the form promises is so."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.moderation import reports
from models.moderation.reports import Report
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.moderation import reports as outbox
from tests.factories import make_local_actor, make_member, make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

FIELDS = {"reason": "spam", "content": "Ce n’est pas à lui."}


@pytest.fixture(autouse=True)
async def founded(instance: Instance, lomme: Village) -> None:
    """The server has its own actor."""
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")


async def list_open(instance: Instance) -> list[Report]:
    async with connection(instance.pool) as conn:
        return await reports.list_open(conn)


async def test_a_member_reports_a_listing_and_reads_what_becomes_of_it(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    listing = await alice.get(lomme.drill.post.url.removeprefix(lomme.site.url))
    path = f"/signaler/annonce/{lomme.drill.id}"
    assert path in listing.text

    form = await alice.get(path)
    assert form.html.xpath("string(//main//form/@action)") == path

    sent = await alice.send(path, FIELDS, form_on=path)

    thanks = await alice.get(sent.location)
    assert "sont prévenues. Quand ce sera réglé, vous l’apprendrez dans vos nouvelles." in thanks.words()
    [kept] = await list_open(instance)
    assert (kept.reporter_id, kept.target_id, kept.category) == (lomme.alice.id, lomme.hocine.id, "spam")
    assert kept.object_uris == [lomme.hocine.uri, lomme.drill.uri]
    assert kept.extracts[0]["title"] == "Perceuse à percussion, mèches comprises"
    assert "Reçu : l’équipe ne l’a pas encore lu" in (await alice.get("/compte/signalements")).words()


async def test_a_visitor_reports_without_an_account(visitor: Browser, instance: Instance, lomme: Village) -> None:
    assert f"/signaler/compte/{lomme.hocine.id}" in (await visitor.get("/@hocine")).text
    path = f"/signaler/compte/{lomme.hocine.id}"

    sent = await visitor.send(path, FIELDS, form_on=path)

    assert "sont prévenues." in (await visitor.get(sent.location)).words()
    [kept] = await list_open(instance)
    assert (kept.reporter_id, kept.reporter_email, kept.target_name) == (None, None, "Hocine")


async def test_public_questions_and_notes_can_be_reported(visitor: Browser, instance: Instance, lomme: Village) -> None:
    listing = await visitor.get(lomme.tent.post.url.removeprefix(lomme.site.url))
    path = f"/signaler/message/{lomme.question.id}"
    assert path in listing.text
    assert f"/signaler/message/{lomme.distant_note.id}" in (await visitor.get(f"/notes/{lomme.distant_note.id}")).text

    await visitor.send(path, FIELDS | {"forward": "1"}, form_on=path)

    [kept] = await list_open(instance)
    assert (kept.target_id, kept.forwarded) == (lomme.bob.id, True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"reason": "spam"}, "Dites en quelques mots"), ({"content": "Non"}, "Choisissez une raison.")],
)
async def test_what_is_missing_is_said_and_what_was_typed_comes_back(
    alice: Browser, instance: Instance, lomme: Village, fields: dict[str, str], words: str
) -> None:
    path = f"/signaler/annonce/{lomme.drill.id}"

    page = await alice.send(path, fields, form_on=path)

    assert page.status == 422 and words in page.words()
    assert all(value in page.text for value in fields.values())
    assert await list_open(instance) == []


async def test_what_one_cannot_see_and_ones_own_cannot_be_reported(
    visitor: Browser, alice: Browser, lomme: Village
) -> None:
    for browser, path in (
        (visitor, f"/signaler/message/{lomme.message.id}"),
        (visitor, "/signaler/compte/1"),
        (visitor, f"/signaler/compte/{lomme.coop.id}"),
        (alice, f"/signaler/annonce/{lomme.tent.id}"),
        (alice, f"/signaler/compte/{lomme.alice.id}"),
        (alice, "/signaler/merci"),
        (alice, f"/signaler/annonce/{lomme.withdrawn.id}"),
    ):
        assert (await browser.get(path)).status == 404, path


async def test_a_flood_of_a_visitor_stops_and_keeps_what_she_typed(visitor: Browser, lomme: Village) -> None:
    path = f"/signaler/annonce/{lomme.drill.id}"
    sent = [await visitor.send(path, FIELDS, form_on=path) for _ in range(6)]

    assert [one.status for one in sent] == [303] * 5 + [429]
    assert "Attendez une heure" in sent[-1].words() and FIELDS["content"] in sent[-1].text


async def test_nobody_has_many_mails_sent_to_somebody_else(
    visitor: Browser, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.moderation.reporting.report_form.has_mail", lambda request: True)
    path = f"/signaler/annonce/{lomme.drill.id}"
    addresses = ["marie@exemple.fr"] * 4 + ["paul@exemple.fr"]

    sent = [await visitor.send(path, FIELDS | {"email": one}, form_on=path) for one in addresses]

    assert [one.status for one in sent] == [303, 303, 303, 429, 303]


async def test_where_only_the_reported_person_moderates_nobody_is_told_a_lie(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/signaler/compte/{lomme.admin.id}"

    sent = await alice.send(path, FIELDS, form_on=path)

    assert "elle ne le voit pas" in (await alice.get(sent.location)).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{moderator}' WHERE actor_id = $1", lomme.hocine.id)
        await execute(conn, "UPDATE report SET closed_at = now()")
    sent = await alice.send(path, FIELDS, form_on=path)
    assert "sont prévenues" in (await alice.get(sent.location)).words()


@pytest.fixture
async def carol(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, lomme: Village
) -> Browser:
    """Carol writes with Hocine about his drill."""
    async with transaction(instance.pool) as conn:
        carol = await make_member(conn, "carol", name="Carol")
        for number, author in enumerate((carol, lomme.hocine, lomme.hocine, carol, lomme.hocine)):
            await make_note(
                conn,
                author,
                audience="direct",
                content=f"<p>Ligne {number}</p>",
                in_reply_to_uri=lomme.drill.uri,
                mention_ids=((lomme.hocine if author == carol else carol).id,),
            )
    return await open_browser(carol)


async def find_line(instance: Instance, words: str) -> int:
    async with connection(instance.pool) as conn:
        found: int = await conn.fetchval("SELECT id FROM post WHERE content LIKE '%' || $1 || '%'", words)
        return found


async def test_of_a_private_talk_goes_what_is_ticked_and_nothing_else(
    carol: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/signaler/message/{await find_line(instance, 'Ligne 2')}"
    page = await carol.get(path)
    offered = page.html.xpath("//input[@name='around']/@value")

    await carol.send(path, FIELDS | {"around": offered[0]}, form_on=path)

    assert len(offered) == 4 and "Avant, vous : Ligne 0" in page.words()
    [kept] = await list_open(instance)
    assert [(one.get("by"), one["text"]) for one in kept.extracts] == [("Carol", "Ligne 0"), (None, "Ligne 2")]
    assert len(kept.object_uris) == 2


async def test_nobody_joins_messages_of_another_talk(carol: Browser, instance: Instance, lomme: Village) -> None:
    path = f"/signaler/message/{await find_line(instance, 'Ligne 1')}"

    await carol.send(path, FIELDS | {"around": str(lomme.message.id)}, form_on=path)

    [kept] = await list_open(instance)
    assert [one["text"] for one in kept.extracts] == ["Ligne 1"]


async def test_in_a_thread_each_word_of_the_other_one_can_be_reported_and_none_of_ones_own(
    carol: Browser, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        line = await find_line(instance, "Ligne 4")
        thread = await conn.fetchval("SELECT exchange_id FROM exchange_message WHERE post_id = $1", line)

    page = await carol.get(f"/echanges/{thread}")

    ways = {link.rpartition("/")[2] for link in page.html.xpath("//a/@href") if "/signaler/message/" in link}
    assert ways == {str(await find_line(instance, f"Ligne {number}")) for number in (1, 2, 4)}


async def test_a_message_that_was_taken_back_is_no_more_offered(carol: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE content LIKE '%Ligne 1%'")

    page = await carol.get(f"/signaler/message/{await find_line(instance, 'Ligne 2')}")

    assert "Ligne 1" not in page.words() and "Ligne 0" in page.words()


async def test_the_same_person_reporting_the_same_again_adds_to_her_first_report(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/signaler/annonce/{lomme.drill.id}"
    await alice.send(path, FIELDS, form_on=path)

    sent = await alice.send(path, FIELDS | {"content": "Et il recommence."}, form_on=path)

    assert "ajouté à votre premier signalement" in (await alice.get(sent.location)).words()
    [kept] = await list_open(instance)
    assert kept.content == "Ce n’est pas à lui.\n\nEt il recommence." and kept.times == 2
    assert "Vous l’avez signalé 2 fois" in (await alice.get("/compte/signalements")).words()


async def test_of_what_is_held_to_be_against_the_law_why_is_asked(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/signaler/annonce/{lomme.drill.id}"
    typed = FIELDS | {"reason": "legal", "name": "Marie"}

    refused = await visitor.send(path, typed, form_on=path)
    await visitor.send(path, typed | {"law": "C’est un objet volé."}, form_on=path)

    assert refused.status == 422 and "Dites pourquoi" in refused.words() and "Marie" in refused.text
    [kept] = await list_open(instance)
    assert (kept.category, kept.law, kept.reporter_name) == ("legal", "C’est un objet volé.", "Marie")


async def test_a_visitor_follows_her_report_on_a_page_that_nobody_can_guess(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/signaler/annonce/{lomme.drill.id}"
    sent = await visitor.send(path, FIELDS, form_on=path)
    receipt = sent.location.partition("?")[0]
    [kept] = await list_open(instance)

    assert "Gardez l’adresse de cette page" in (await visitor.get(sent.location)).words()
    assert "Reçu : l’équipe ne l’a pas encore lu" in (await visitor.get(receipt)).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE moderation_case SET holder_id = $1", lomme.admin.id)
    assert "Quelqu’un de l’équipe le lit" in (await visitor.get(receipt)).words()
    async with transaction(instance.pool) as conn:
        await outbox.settle(conn, kept.id, reports.Settlement(by=lomme.admin.id, answer="L’annonce est retirée."))
    decided = (await visitor.get(receipt)).words()
    assert "Décidé" in decided and "L’annonce est retirée." in decided and "pas d’accord" in decided
    other = receipt[:-1] + ("A" if receipt[-1] != "A" else "B")
    assert (await visitor.get(other)).status == 404


async def test_a_report_that_was_forwarded_says_how_far_it_came(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/signaler/compte/{lomme.bob.id}"
    await alice.send(path, FIELDS | {"forward": "1"}, form_on=path)

    assert "En route" in (await alice.get("/compte/signalements")).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE delivery SET state = 'done'")
    assert "Reçu par" in (await alice.get("/compte/signalements")).words()


async def test_the_team_sees_why_a_forwarded_report_has_not_arrived(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], alice: Browser, instance: Instance, lomme: Village
) -> None:
    path, fields = f"/signaler/compte/{lomme.bob.id}", FIELDS | {"forward": "1", "reason": "legal", "law": "Un vol."}
    await alice.send(path, fields, form_on=path)
    [kept] = await list_open(instance)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE delivery SET state = 'failed', error = 'HTTP 500', cause = 'server-error'")

    words = (await (await open_browser(lomme.admin)).get(f"/coop/dossiers/{kept.case_id}")).words()

    assert "Pas arrivé chez Hénin" in words and "Un vol." in words


async def test_visitors_from_many_places_are_all_heard_and_one_place_is_not_for_ever(
    visitor: Browser, instance: Instance, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = iter(f"192.0.2.{number}" for number in range(250))
    monkeypatch.setattr("web.forms.throttle.visitor_network", lambda remote: next(places))
    path = f"/signaler/compte/{lomme.hocine.id}"
    token = (await visitor.get(path)).html.xpath("string(//input[@name='csrf_token']/@value)")
    sent = [
        await visitor.client.post(path, data=FIELDS | {"csrf_token": token}, allow_redirects=False) for _ in range(70)
    ]

    assert {answer.status for answer in sent} == {303}
    assert len({one.case_id for one in await list_open(instance)}) == 1
