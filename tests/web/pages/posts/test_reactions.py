"""Liking and passing on from a page: with buttons alone, for what is here and what is a copy, told to the others."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.relations import reactions
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_local_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def list_sent(instance: Instance) -> list[dict[str, object]]:
    """The activities that wait to leave, the first one first."""
    async with connection(instance.pool) as conn:
        bodies = await fetch_column(
            conn,
            """
            SELECT body FROM activity a
            WHERE EXISTS (SELECT FROM delivery d WHERE d.activity_id = a.id AND d.host = 'henin.test') ORDER BY a.id
            """,
        )
    return [msgspec.json.decode(body) for body in bodies]


async def test_like_of_a_copy_is_counted_shown_as_pressed_and_told_to_its_author(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    answer = await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "like"}, form_on=path)
    page = await alice.get(path)

    assert (answer.status, answer.location) == (303, f"{path}#reactions")
    pressed = page.html.xpath("//button[@aria-pressed='true']")
    assert [" ".join(one.text_content().split()) for one in pressed] == ["J’aime 1"]
    sent = await list_sent(instance)
    assert [(one["type"], one["object"], one["actor"]) for one in sent] == [("Like", lomme.sewing.uri, lomme.alice.uri)]


async def test_like_is_taken_back_by_the_same_button(alice: Browser, lomme: Village, instance: Instance) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"
    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "like"}, form_on=path)

    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "unlike"}, form_on=path)

    page = await alice.get(path)
    assert not page.html.xpath("//button[@aria-pressed='true']")
    assert [one["type"] for one in await list_sent(instance)] == ["Like", "Undo"]


async def test_passing_a_note_on_announces_it_to_followers_and_is_taken_back(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/notes/{lomme.distant_note.id}"

    await alice.send(f"/reactions/{lomme.distant_note.id}", {"act": "share"}, form_on=path)
    shown = await alice.get(path)
    await alice.send(f"/reactions/{lomme.distant_note.id}", {"act": "unshare"}, form_on=path)

    pressed = shown.html.xpath("//button[@aria-pressed='true']")
    assert [" ".join(one.text_content().split()) for one in pressed] == ["Faire passer 1"]
    assert [one["type"] for one in await list_sent(instance)] == ["Announce", "Undo"]


async def test_like_of_a_listing_here_tells_its_author(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    hocine = await open_browser(lomme.hocine)
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    await hocine.send(f"/reactions/{lomme.tent.id}", {"act": "like"}, form_on=path)

    async with connection(instance.pool) as conn:
        told = await fetch_value(
            conn,
            "SELECT count(*) FROM notification WHERE type = 'favourite' AND recipient_id = $1 AND actor_id = $2",
            lomme.alice.id,
            lomme.hocine.id,
        )
    assert told == 1


async def test_author_and_passers_by_read_the_figures_and_have_no_buttons(
    open_browser: OpenBrowser, visitor: Browser, alice: Browser, lomme: Village
) -> None:
    hocine = await open_browser(lomme.hocine)
    path = lomme.tent.post.url.removeprefix(lomme.site.url)
    await hocine.send(f"/reactions/{lomme.tent.id}", {"act": "like"}, form_on=path)
    await hocine.send(f"/reactions/{lomme.tent.id}", {"act": "share"}, form_on=path)

    for browser in (visitor, alice):
        page = await browser.get(path)
        assert "Une personne aime" in page.words()
        assert "une personne l’a fait passer" in page.words()
        assert not page.html.xpath("//form[starts-with(@action, '/reactions/')]")


async def test_what_is_not_for_everybody_cannot_be_passed_on(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", lomme.tent.id)
    hocine = await open_browser(lomme.hocine)
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    page = await hocine.get(path)
    answer = await hocine.send(f"/reactions/{lomme.tent.id}", {"act": "share"}, form_on=path)

    assert not page.html.xpath("//input[@value='passer']")
    assert answer.status == 403


async def test_reaction_to_what_the_member_may_not_see_is_not_found(alice: Browser, lomme: Village) -> None:
    answers = [
        await alice.send(f"/reactions/{id}", {"act": "like"}, form_on="/publier") for id in (lomme.withdrawn.id, 12345)
    ]

    assert [answer.status for answer in answers] == [404, 404]


async def end_deliveries(instance: Instance, state: str) -> None:
    """What waits to leave arrives at Hénin, or is given up."""
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            UPDATE delivery SET state = $1, cause = CASE WHEN $1 = 'failed' THEN 'certificate_expired' END,
                error = CASE WHEN $1 = 'failed' THEN 'The certificate of henin.test has expired.' END
            WHERE host = 'henin.test' AND state = 'waiting'
            """,
            state,
        )


@pytest.mark.parametrize(
    ("do", "undo", "done", "undone"),
    [
        ("like", "unlike", "Votre « J’aime »", "Votre « J’aime », retiré"),
        ("share", "unshare", "Ce que vous avez fait passer", "Ce que vous ne faites plus passer"),
    ],
)
async def test_member_reads_where_a_reaction_is_and_where_its_taking_back_is(
    alice: Browser, lomme: Village, instance: Instance, do: str, undo: str, done: str, undone: str
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"

    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": do}, form_on=path)
    leaving = (await alice.get(path)).words()
    await end_deliveries(instance, "done")
    arrived = (await alice.get(path)).words()
    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": undo}, form_on=path)
    going_back = (await alice.get(path)).words()

    assert f"{done} En route" in leaving
    assert f"{done} Reçu par Hénin-Carvin" in arrived
    assert f"{undone} En route" in going_back


async def test_member_reads_why_a_like_did_not_arrive_and_sends_it_again(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"
    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "like"}, form_on=path)
    await end_deliveries(instance, "failed")

    words = (await alice.get(path)).words()
    answer = await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "send_again"}, form_on=path)

    assert "Votre « J’aime » Pas arrivé chez Hénin-Carvin Le certificat de henin.test est périmé" in words
    assert answer.status == 303
    assert "Votre « J’aime » Pas encore arrivé chez Hénin-Carvin" in (await alice.get(path)).words()


async def test_reaction_of_somebody_else_is_not_shown(
    open_browser: OpenBrowser, alice: Browser, lomme: Village
) -> None:
    path = f"/annonces/d/{lomme.sewing.id}"
    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "like"}, form_on=path)
    hocine = await open_browser(lomme.hocine)

    assert "Votre « J’aime »" not in (await hocine.get(path)).words()


async def test_passing_on_alone_is_told_as_a_whole_sentence(
    open_browser: OpenBrowser, alice: Browser, lomme: Village
) -> None:
    hocine = await open_browser(lomme.hocine)
    path = lomme.tent.post.url.removeprefix(lomme.site.url)
    await hocine.send(f"/reactions/{lomme.tent.id}", {"act": "share"}, form_on=path)

    assert "Une personne l’a fait passer." in (await alice.get(path)).words()


async def test_what_our_own_streams_pass_on_is_nobodys_doing(
    instance: Instance, alice: Browser, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        stream = await make_local_actor(conn, "offres_de_test", type="Group")
        await reactions.share(conn, uri=f"{stream.uri}/1", actor_id=stream.id, post_id=lomme.tent.id)

    page = await alice.get(lomme.tent.post.url.removeprefix(lomme.site.url))

    assert "l’a fait passer" not in page.words()
