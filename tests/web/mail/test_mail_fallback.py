"""Mail instead of a server that keeps silent: only where an address was given, once, and the author sees it."""

from datetime import timedelta

import pytest

from models.limits import DETOURS
from models.news import mail_fallback, unsent_mails
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection, execute, fetch_column, transaction
from tests.factories import make_activity, make_note
from tests.web.mail_scenario import NOON, Office
from tests.web.smtp_server import read_parts
from web.mail.mail_fallback import find_address, send_fallback_mails
from web.pages.traffic.delivery_status import find_delivery_status

GIVEN = "<p>@alice Voici mon courriel\u00a0: leonie@example.net</p>"


async def write(office: Office, author: Actor, other: Actor, content: str) -> Post:
    async with transaction(office.pool) as conn:
        return await make_note(
            conn, author, audience="direct", in_reply_to_uri=office.tent.post.uri, mention_ids=(other.id,),
            content=content, published_at=NOON,
        )  # fmt: skip


async def answer(office: Office, *, state: str = "waiting", content: str = "<p>Oui, samedi 10 h ?</p>") -> Post:
    """Alice answers Bob, whose server has not taken it since noon."""
    post = await write(office, office.alice, office.bob, content)
    async with transaction(office.pool) as conn:
        activity = await make_activity(conn, office.alice, object_uri=post.uri, public=False)
        await execute(
            conn,
            "INSERT INTO delivery (activity_id, actor_id, inbox, host, state, attempts, error, cause, created_at)"
            " VALUES ($1, $2, $3, $4, $5, 3, 'away', $6, $7)",
            activity, office.alice.id, office.bob.inbox, office.bob.host, state,
            "withheld" if state == "failed" else None, NOON,
        )  # fmt: skip
    return post


DAY_AFTER = NOON + timedelta(hours=25)


async def test_a_message_goes_by_mail_to_the_address_that_was_given_once(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    post = await answer(office)

    early = await send_fallback_mails(office.instance, NOON + timedelta(hours=5))
    sent = await send_fallback_mails(office.instance, DAY_AFTER)
    again = await send_fallback_mails(office.instance, DAY_AFTER + timedelta(minutes=10))

    assert (early, sent, again) == (0, 1, 0)
    [message] = office.postman.taken
    text, html = read_parts(message)
    assert message["To"] == "leonie@example.net" and message["Reply-To"] is None
    assert "Maryse, de lomme.test, vous a écrit." in text and "> Oui, samedi 10 h ?" in text
    assert "henin.test, ne répond pas" in text and "attendez que votre plateforme revienne" in text
    assert "Oui, samedi 10 h ?" in html and "alice@example.org" not in message.as_string()
    async with connection(office.pool) as conn:
        went = (await find_delivery_status(conn, [post.uri]))[post.uri]
    assert went.by_mail is not None and went.by_mail.sent


async def test_an_answer_by_mail_is_possible_where_the_author_gave_hers_too(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    await write(office, office.alice, office.bob, "<p>Voici mon courriel : maryse@example.org</p>")
    await answer(office)

    await send_fallback_mails(office.instance, DAY_AFTER)

    [message] = office.postman.taken
    assert message["Reply-To"] == "maryse@example.org"
    assert "Répondez à ce courriel" in read_parts(message)[0]


@pytest.mark.parametrize("state", ["held", "waiting", "failed", "done"])
async def test_only_what_waits_for_a_silent_server_goes_by_mail(office: Office, state: str) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    await answer(office, state=state)

    assert await send_fallback_mails(office.instance, DAY_AFTER) == (state in {"held", "waiting"})


async def test_without_an_address_nothing_is_sent_and_the_author_sees_the_silence(office: Office) -> None:
    await write(office, office.bob, office.alice, "<p>Écris plutôt à ma sœur : zoe@example.net</p>")
    post = await answer(office)
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE delivery SET created_at = now() - interval '25 hours'")

    sent = await send_fallback_mails(office.instance, DAY_AFTER)

    async with connection(office.pool) as conn:
        went = (await find_delivery_status(conn, [post.uri]))[post.uri]
        assert await fetch_column(conn, "SELECT post_id FROM detour") == []
    assert sent == 0
    assert [(stop.host, stop.silent) for stop in went.delayed] == [("henin.test", True)]


async def test_a_message_that_was_taken_back_stays_here(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    post = await answer(office)
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", post.id)

    assert await send_fallback_mails(office.instance, DAY_AFTER) == 0


async def test_a_mail_server_that_is_busy_is_asked_again_and_nothing_leaves_at_night(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    await answer(office)
    office.postman.refusal = "451 not now"
    busy = await send_fallback_mails(office.instance, DAY_AFTER)
    async with connection(office.pool) as conn:
        seen = [(one.kind, one.cause) for one in await unsent_mails.list_failed(conn)]
    office.postman.refusal = ""

    night = await send_fallback_mails(office.instance, DAY_AFTER.replace(hour=22))
    later = await send_fallback_mails(office.instance, DAY_AFTER + timedelta(minutes=10))

    assert (busy, night, later) == (0, 0, 1)
    assert seen == [("detour", "busy")], "an administrator sees it"
    async with connection(office.pool) as conn:
        assert await unsent_mails.list_failed(conn) == []


async def test_a_mail_whose_worker_died_is_not_sent_again(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    post = await answer(office)
    thread = await office.thread()
    async with transaction(office.pool) as conn:
        [stuck] = await mail_fallback.list_stuck(conn, at=DAY_AFTER)
        assert await mail_fallback.begin(conn, stuck) and not await mail_fallback.begin(conn, stuck)

    assert (stuck.post_id, stuck.exchange_id) == (post.id, thread.id)
    assert await send_fallback_mails(office.instance, DAY_AFTER) == 0
    assert office.postman.taken == []


async def test_an_address_that_refuses_is_not_tried_again_and_the_author_sees_it(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    post = await answer(office)
    office.postman.refusal = "550 nobody of that name"

    tried = [await send_fallback_mails(office.instance, DAY_AFTER) for _ in range(2)]

    assert tried == [0, 0]
    async with connection(office.pool) as conn:
        went = (await find_delivery_status(conn, [post.uri]))[post.uri]
    assert went.by_mail is not None and not went.by_mail.sent


async def test_a_thread_gets_no_flood_of_mails(office: Office) -> None:
    await write(office, office.bob, office.alice, GIVEN)
    for number in range(7):
        await answer(office, content=f"<p>Encore {number}</p>")

    assert await send_fallback_mails(office.instance, DAY_AFTER) == DETOURS.most
    assert [read_parts(mail)[0].count("Encore") for mail in office.postman.taken] == [1] * 5


@pytest.mark.parametrize(
    ("contents", "address"),
    [
        ([GIVEN], "leonie@example.net"),
        (["<p>Here is my e-mail address: a@b.example</p>"], "a@b.example"),
        (["<p>Voici mon courriel : new@b.fr</p>", "<p>Voici mon courriel : old@b.fr</p>"], "new@b.fr"),
        (['<p>Voici mon courriel : <a href="mailto:a@b.fr">a@b.fr</a></p>'], "a@b.fr"),
        (["<p>Voici mon courriel : a@b.fr, non, plutôt rien</p>"], ""),
        (["<p>a@b.fr</p>", "<p>Le courriel de Zoé : z@b.fr</p>"], ""),
        (["<p>Voici mon courriel : a@b.fr\r\nBcc: c@d.fr</p>"], ""),
        ([], ""),
    ],
)
def test_only_an_address_that_was_given_on_purpose_counts(contents: list[str], address: str) -> None:
    assert find_address(contents) == address
