"""What our server really says of quotes, against one file each (FEP-044f)."""

import json
from typing import Any

import pytest

from federation.documents.serialize import to_json
from federation.vocabulary.activities.activities import QuoteRequest
from models.posts.quotes import quotes
from models.store.database import Connection, fetch_column
from outbox.builders.objects.quotes import build_stamp
from outbox.posts.notes import NoteDraft, publish
from outbox.posts.quote_requests import process_accepted_quote
from outbox.posts.quotes import grant, refuse, revoke
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.golden import normalize, require_golden
from tests.inbox.desk import PUBLIC
from tests.payloads import FOLDER

POLICY = {"interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}}}
ASKED = ("create", "request", "update")
ANSWERED = ("accept", "reject", "revocation")


async def sent(conn: Connection) -> list[dict[str, Any]]:
    """What was sent, in order."""
    return [json.loads(body) for body in await fetch_column(conn, "SELECT body FROM activity ORDER BY id")]


async def quote_bob(conn: Connection) -> list[dict[str, Any]]:
    """Alice quotes Bob, who agrees."""
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    quoted = await make_note(
        conn, bob, audience="network", raw=POLICY, uri=f"{bob.uri}/notes/1", url="https://henin.test/@bob/1"
    )
    note = await publish(conn, HERE, alice, NoteDraft(text="À lire !", audience="network", quoted_id=quoted.id))
    quote = await quotes.find_by_quoting(conn, note.id)
    assert quote is not None
    await process_accepted_quote(conn, HERE, quote, f"{bob.uri}/stamps/1")
    return await sent(conn)


async def be_quoted(conn: Connection) -> list[dict[str, Any]]:
    """Bob quotes Alice, asks twice, and she takes her yes back; last the stamp as it was served."""
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    uri = f"{alice.uri}/notes/00000000-0000-4000-8000-000000000099"
    quoted = await make_note(conn, alice, audience="network", uri=uri)
    quoting = await make_note(conn, bob, audience="network", uri=f"{bob.uri}/notes/1")
    request = QuoteRequest(id=f"{bob.uri}/requests/1", actor=bob.uri, object=uri, instrument=quoting.uri)
    quote = await grant(conn, HERE, bob, quoted, request)
    await refuse(conn, HERE, bob, quoted, request)
    await revoke(conn, HERE, alice, quoted, quoting.id)
    return [*await sent(conn), to_json(build_stamp(alice, quote))]


@pytest.mark.parametrize(("life", "names"), [(quote_bob, ASKED), (be_quoted, (*ANSWERED, "stamp"))])
async def test_what_is_said_of_quotes_is_what_the_files_say(
    conn: Connection, life: Any, names: tuple[str, ...]
) -> None:
    documents = normalize(await life(conn))

    assert len(documents) == len(names)
    for name, document in zip(names, documents, strict=True):
        require_golden(f"declic/quotes/{name}", document)


def test_no_file_is_left_that_nobody_sends() -> None:
    assert {path.stem for path in (FOLDER / "declic/quotes").glob("*.json")} == {*ASKED, *ANSWERED, "stamp"}
