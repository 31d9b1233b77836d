"""Where listings, messages and requests to follow went, and having them sent again."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.servers.private_hosts import withhold
from models.store.database import connection, execute, fetch_column, transaction
from models.traffic.outbound import deliveries
from outbox.posts.notes import NoteDraft, answer, publish
from tests.factories import make_activity, make_follow, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def went(instance: Instance, author: Actor, uri: str, *, type: str = "Create", **columns: object) -> int:
    """Something about `uri` that went to Lens and ended as these columns say."""
    async with connection(instance.pool) as conn:
        bob = await make_remote_actor(conn, f"user{await conn.fetchval('SELECT count(*) FROM actor')}", "lens.test")
        activity = await make_activity(conn, author, type=type, object_uri=uri)
        await deliveries.schedule(conn, activity_id=activity, actor_id=author.id, named_ids=[bob.id], followed_ids=[])
        values = {"state": "waiting", "error": None, "cause": None, "attempts": 1} | columns
        await execute(
            conn,
            """
            UPDATE delivery SET state = $2, error = $3, cause = $4, attempts = $5, due_at = now() + interval '6 hours'
            WHERE activity_id = $1
            """,
            activity,
            *values.values(),
        )
    return activity


async def states(instance: Instance, activity: int) -> list[str]:
    """How its deliveries stand, and whether they are due."""
    async with connection(instance.pool) as conn:
        return await fetch_column(
            conn,
            """
            SELECT state || CASE WHEN due_at <= now() THEN ' now' ELSE ' later' END FROM delivery
            WHERE activity_id = $1
            """,
            activity,
        )


FAILED = {"state": "failed", "error": "The certificate of lens.test has expired.", "cause": "certificate_expired"}


async def test_author_of_a_listing_reads_why_it_did_not_arrive_and_sends_it_again(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    activity = await went(instance, lomme.alice, lomme.tent.uri, **FAILED)
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    words = (await alice.get(path)).words()
    answer = await alice.send(f"/envois/{lomme.tent.id}/renvoyer", {"back": path}, form_on=path)

    assert "Le certificat de lens.test est périmé" in words and "Réessayer" in words
    assert (answer.status, answer.location) == (303, path)
    assert await states(instance, activity) == ["waiting now"]


async def test_only_its_author_has_it_sent_again(open_browser: OpenBrowser, lomme: Village, instance: Instance) -> None:
    activity = await went(instance, lomme.alice, lomme.tent.uri, **FAILED)
    hocine = await open_browser(lomme.hocine)

    assert (await hocine.send(f"/envois/{lomme.tent.id}/renvoyer", {}, form_on="/compte")).status == 404
    assert (await hocine.send("/envois/1/renvoyer", {}, form_on="/compte")).status == 404
    assert await states(instance, activity) == ["failed later"]


async def test_author_of_an_answer_reads_under_it_where_it_stands(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE post SET author_id = $1 WHERE id = $2", lomme.alice.id, lomme.question.id)
    await went(instance, lomme.alice, lomme.question.uri, error="x", cause="timed_out")
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    words = (await alice.get(path)).words()

    assert "Pas encore arrivé chez lens.test lens.test n’a pas répondu à temps. Nouvel essai" in words


async def test_note_page_shows_its_author_the_journey(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE post SET author_id = $1 WHERE id = $2", lomme.alice.id, lomme.distant_note.id)
    await went(instance, lomme.alice, lomme.distant_note.uri, **FAILED)

    words = (await alice.get(f"/notes/{lomme.distant_note.id}")).words()

    assert "Le voyage de ce message" in words and "Le certificat de lens.test est périmé" in words


async def test_others_read_nothing_of_the_journey(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    await went(instance, lomme.bob, lomme.distant_note.uri, **FAILED)
    hocine = await open_browser(lomme.hocine)

    assert "lens.test" not in (await hocine.get(f"/notes/{lomme.distant_note.id}")).words()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "done"}, "Demande reçue par lens.test, qui n’a pas encore répondu."),
        ({"attempts": 0}, "La demande est en route."),
        ({"error": "x", "cause": "timed_out"}, "La demande n’est pas encore arrivée chez lens.test."),
        ({"state": "held"}, "Nous gardons tout pour lui."),
        (FAILED, "La demande n’est pas arrivée chez lens.test. Le certificat de lens.test est périmé"),
    ],
)
async def test_request_to_follow_shows_where_it_stands(
    open_browser: OpenBrowser, lomme: Village, instance: Instance, columns: dict[str, object], words: str
) -> None:
    await went(instance, lomme.hocine, lomme.bob.uri, type="Follow", **columns)
    hocine = await open_browser(lomme.hocine)

    assert words in (await hocine.get("/abonnements")).words()


async def test_request_to_follow_is_sent_again(open_browser: OpenBrowser, lomme: Village, instance: Instance) -> None:
    activity = await went(instance, lomme.hocine, lomme.bob.uri, type="Follow", **FAILED)
    hocine = await open_browser(lomme.hocine)

    answer = await hocine.send("/abonnements/renvoyer", {"actor": str(lomme.bob.id)}, form_on="/abonnements")

    assert (answer.status, answer.location) == (303, "/abonnements")
    assert await states(instance, activity) == ["waiting now"]


async def test_b52_the_author_sees_to_which_server_nothing_private_was_sent(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await withhold(conn, "henin.test")
        await make_follow(conn, lomme.bob, lomme.alice)
        note = await publish(conn, lomme.site, lomme.alice, NoteDraft(text="Entre nous", audience="followers"))

    page = await alice.get(note.url.removeprefix(lomme.site.url))

    assert "Non envoyé à Hénin-Carvin : votre coopérative n’envoie rien de privé à cette plateforme." in page.words()
    assert f"/envois/{note.id}/renvoyer" not in page.text


async def test_author_of_a_message_reads_that_a_server_is_silent_and_that_mail_went_instead(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        thread = await fetch_column(conn, "SELECT id FROM exchange")
        path = f"/echanges/{thread[0]}"
        draft = NoteDraft(text="Oui, samedi 10 h.", audience="direct")
        sent = await answer(conn, lomme.site, lomme.alice, lomme.message, draft)
        await execute(
            conn, "UPDATE delivery SET error = 'x', cause = 'timed_out', created_at = now() - interval '25 hours'"
        )
    path = f"/echanges/{thread[0]}"
    silent = (await alice.get(path)).words()
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "INSERT INTO detour (post_id, exchange_id, state, finished_at) VALUES ($1, $2, 'sent', now())",
            sent.id,
            thread[0],
        )

    mailed = (await alice.get(path)).words()

    assert "Hénin-Carvin ne répond pas depuis plus de 24 h. henin.test n’a pas répondu à temps." in silent
    assert "Parti par courriel" not in silent
    assert "Parti par courriel à l’adresse que cette personne vous a donnée" in mailed


async def test_a_server_is_called_by_the_territory_of_its_cooperative(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await make_remote_actor(conn, "coop", "lens.test", type="Organization", place_name="Lens-Liévin")
        await make_remote_actor(conn, "coop", "other.test", type="Person", place_name="Paris")
    await went(instance, lomme.alice, lomme.tent.uri, state="done")
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    page = await alice.get(path)

    assert "Lens-Liévin" in page.text and "lens.test" not in page.text
