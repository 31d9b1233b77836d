"""Reporting a listing, a message or somebody, with and without an account: what the form promises is so."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.moderation import reports
from models.moderation.reports import Report
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from tests.factories import make_local_actor
from tests.sample_village import Village
from tests.web.limited_tries import allow
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
    assert "L’équipe ne l’a pas encore réglé" in (await alice.get("/compte/signalements")).words()


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
    monkeypatch.setattr("web.pages.moderation.report_form.has_mail", lambda request: True)
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
    sent = await alice.send(path, FIELDS, form_on=path)
    assert "sont prévenues" in (await alice.get(sent.location)).words()


async def test_a_report_in_a_thread_carries_the_last_messages_of_the_other_one(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, lomme: Village
) -> None:
    alice = await open_browser(lomme.alice)
    async with connection(instance.pool) as conn:
        thread = await conn.fetchval("SELECT exchange_id FROM exchange_message WHERE post_id = $1", lomme.message.id)

    sent = await alice.send(f"/echanges/{thread}/signaler", {"content": "Il insiste."}, form_on=f"/echanges/{thread}")

    assert "sont prévenues" in (await alice.get(sent.location)).words()
    [kept] = await list_open(instance)
    assert [one["text"] for one in kept.extracts] == ["Je peux passer samedi ?"]
    assert kept.extracts[0]["title"] == "Tente 4 places, facile à monter"


async def test_a_flood_from_a_thread_stops_too(
    alice: Browser, instance: Instance, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "report", pair=1)
    async with connection(instance.pool) as conn:
        thread = await conn.fetchval("SELECT exchange_id FROM exchange_message WHERE post_id = $1", lomme.message.id)
    path, typed = f"/echanges/{thread}", {"content": "Il insiste."}

    await alice.send(f"{path}/signaler", typed, form_on=path)
    again = await alice.send(f"{path}/signaler", typed, form_on=path)

    assert "Attendez une heure" in again.words() and "Il insiste." in again.text
    assert len(await list_open(instance)) == 1
