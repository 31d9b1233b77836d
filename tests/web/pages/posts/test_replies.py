"""Questions to all and private messages, from the page to the wire."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def test_question_to_all_stands_under_a_copy_and_leaves_for_its_author(
    alice: Browser, visitor: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await alice.send(
        f"{path}/repondre", {"message": "Elle fait les boutonnières ?", "audience": "tous"}, form_on=path
    )

    assert (answer.status, answer.location) == (303, f"{path}?fait=sent")
    shown = await visitor.get(path)
    assert "Elle fait les boutonnières ?" in shown.words()
    mine = await alice.get(path)
    assert "En route" in mine.words()
    async with connection(instance.pool) as conn:
        inbox = await fetch_value(conn, "SELECT inbox FROM delivery ORDER BY id DESC LIMIT 1")
    assert inbox.startswith("https://henin.test/")


async def test_private_message_leads_to_the_thread_and_is_read_by_the_two_only(
    alice: Browser, visitor: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await alice.send(f"{path}/repondre", {"message": "Voici mon numéro.", "audience": "prive"}, form_on=path)

    assert answer.location.startswith("/echanges/") and answer.location.endswith("?fait=sent")
    thread = (await alice.get(answer.location)).words()
    assert "Voici mon numéro." in thread and "Votre message est parti." in thread
    assert "Voici mon numéro." not in (await alice.get(path)).text
    assert "Voici mon numéro." not in (await visitor.get(path)).text
    async with connection(instance.pool) as conn:
        audience = await fetch_value(conn, "SELECT audience FROM post ORDER BY id DESC LIMIT 1")
    assert audience == "direct"


async def test_answer_to_a_private_message_stays_private(alice: Browser, lomme: Village, instance: Instance) -> None:
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    await alice.send(
        f"/annonces/d/{lomme.tent.id}/repondre",
        {"message": "Samedi, oui.", "audience": "tous", "reply_to": str(lomme.message.id)},
        form_on=path,
    )

    async with connection(instance.pool) as conn:
        row = await conn.fetchrow("SELECT audience, in_reply_to_id FROM post ORDER BY id DESC LIMIT 1")
    assert row is not None and tuple(row) == ("direct", lomme.message.id)


async def test_private_message_among_three_stands_on_the_page(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await alice.send(f"{path}/repondre", {"message": "@hocine la connaît.", "audience": "prive"}, form_on=path)

    assert answer.location == f"{path}?fait=sent"
    assert "la connaît." in (await alice.get(path)).html.xpath("string(//section[@aria-labelledby='messages'])")


async def test_private_message_that_is_wrong_stays_private(alice: Browser, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"
    await alice.send(f"{path}/repondre", {"message": "Bonjour", "audience": "prive"}, form_on=path)

    answer = await alice.send(f"{path}/repondre", {"message": "a" * 2001, "audience": "prive"}, form_on=path)

    assert answer.status == 422
    assert answer.html.xpath("//form[contains(@action, 'repondre')]//input[@name='audience'][@checked]/@value") == [
        "prive"
    ]


async def test_empty_message_comes_back_with_a_sentence(alice: Browser, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await alice.send(f"{path}/repondre", {"message": "  ", "audience": "prive"}, form_on=path)

    assert answer.status == 422
    assert "Écrivez votre message." in answer.words()
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#message"]


async def test_message_that_is_too_long_comes_back_whole(alice: Browser, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await alice.send(f"{path}/repondre", {"message": "a" * 2001, "audience": "prive"}, form_on=path)

    assert answer.status == 422
    assert answer.html.xpath("string(//textarea)").strip() == "a" * 2001


async def test_visitor_is_led_to_log_in_first(visitor: Browser, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await visitor.send(f"{path}/repondre", {"message": "Bonjour", "audience": "prive"}, form_on=path)

    assert answer.status == 303
    assert answer.location.startswith("/connexion")


async def test_private_message_of_others_cannot_be_answered(open_browser: OpenBrowser, lomme: Village) -> None:
    hocine = await open_browser(lomme.hocine)
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    answer = await hocine.send(
        f"/annonces/d/{lomme.tent.id}/repondre",
        {"message": "Et moi ?", "audience": "tous", "reply_to": str(lomme.message.id)},
        form_on=path,
    )

    assert answer.status == 404


async def test_note_is_answered_and_the_answer_taken_back(alice: Browser, lomme: Village, instance: Instance) -> None:
    path = f"/notes/{lomme.distant_note.id}"

    await alice.send(f"{path}/repondre", {"message": "Bravo !", "audience": "tous"}, form_on=path)
    async with connection(instance.pool) as conn:
        mine = await fetch_value(conn, "SELECT id FROM post ORDER BY id DESC LIMIT 1")
    shown = await alice.get(path)
    gone = await alice.send(f"/notes/{mine}/effacer", {}, form_on=path)

    assert "Bravo !" in shown.words()
    assert gone.status == 303
    assert "Bravo !" not in (await alice.get(path)).words()


async def test_note_of_others_cannot_be_deleted(alice: Browser, lomme: Village) -> None:
    path = f"/notes/{lomme.distant_note.id}"

    assert (await alice.send(f"{path}/effacer", {}, form_on=path)).status == 404


@pytest.mark.parametrize("where", ["annonces/d", "notes"])
async def test_ax18_member_who_moved_away_is_told_where_to_answer_and_keeps_what_she_typed(
    alice: Browser, lomme: Village, instance: Instance, where: str
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}" if where == "annonces/d" else f"/notes/{lomme.message.id}"
    async with connection(instance.pool) as conn:
        before = await fetch_value(conn, "SELECT count(*) FROM post")
        await execute(conn, "UPDATE actor SET moved_to = 'https://mastodon.test/users/alice' WHERE username = 'alice'")

    answer = await alice.send(f"{path}/repondre", {"message": "Je la prends !", "audience": "prive"}, form_on=path)

    assert answer.status == 422
    assert "Vous avez déménagé : écrivez depuis votre nouveau compte" in answer.words()
    assert "Je la prends !" in answer.text
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == before
