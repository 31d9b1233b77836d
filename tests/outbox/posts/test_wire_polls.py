"""What our server really says of its polls, against one file each."""

import json
from typing import Any

from federation.documents.parse import parse_activity
from federation.documents.serialize import to_json
from federation.vocabulary.objects import Note
from models.posts.polls import polls
from models.store.database import Connection, execute, fetch_column
from outbox.posts.notes import NoteDraft, edit, publish
from outbox.posts.polls import PollDraft
from outbox.posts.post_documents import build_document
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.golden import normalize, require_golden
from tests.payloads import FOLDER, load

SAID = ("create", "update", "over")

ASKED = PollDraft(options=("Lundi", "Mardi"), expires_in=172_800)


async def ask_and_change(conn: Connection) -> list[dict[str, Any]]:
    """Alice asks, somebody votes, she lets people choose several and hides the figures; then it is over."""
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    note = await publish(conn, HERE, alice, NoteDraft(text="Quel jour ?", audience="network", poll=ASKED))
    other = PollDraft(options=("Lundi", "Mardi", "Jeudi"), expires_in=172_800, multiple=True, hide_totals=True)
    changed = await edit(conn, HERE, alice, note, NoteDraft(text="Quels jours ?", audience="network", poll=other))
    await execute(conn, "UPDATE poll SET votes = '{2,0,1}', voters = 2, ends_at = now() - interval '1 second'")
    sent = [json.loads(body) for body in await fetch_column(conn, "SELECT body FROM activity ORDER BY id")]
    return [*sent, to_json(await build_document(conn, HERE, alice, changed))]


async def test_what_is_said_of_polls_is_what_the_files_say(conn: Connection) -> None:
    documents = normalize(await ask_and_change(conn))

    assert len(documents) == len(SAID)
    for name, document in zip(SAID, documents, strict=True):
        require_golden(f"declic/polls/{name}", document)


def test_no_file_is_left_that_nobody_sends() -> None:
    assert {path.stem for path in (FOLDER / "declic/polls").glob("*.json")} == {*SAID}


def test_another_server_of_ours_reads_the_poll_that_was_asked() -> None:
    activity = parse_activity(load("declic/polls/create"))

    note = activity.object  # type: ignore[union-attr]  # an activity was read
    assert isinstance(note, Note) and note.poll is not None
    assert [option.name for option in note.poll.options] == ["Lundi", "Mardi"]
    assert (note.poll.multiple, note.poll.voters, note.poll.closed) == (False, 0, None)
    assert note.poll.ends == note.end_time is not None


async def test_hidden_figures_are_in_no_document_until_the_end(conn: Connection) -> None:
    alice = await make_member(conn)
    hiding = PollDraft(options=("Oui", "Non"), expires_in=3600, hide_totals=True)
    note = await publish(conn, HERE, alice, NoteDraft(text="On y va ?", audience="network", poll=hiding))
    await execute(conn, "UPDATE poll SET votes = '{3,4}', voters = 7")

    asked = to_json(await build_document(conn, HERE, alice, note))

    assert [option["replies"] for option in asked["oneOf"]] == [{"type": "Collection"}] * 2
    poll = await polls.find(conn, note.id, None)
    assert poll is not None and poll.votes == [3, 4]
