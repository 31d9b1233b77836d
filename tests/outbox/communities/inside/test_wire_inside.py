"""What stays inside a community, as it is really sent, against one file each."""

import json
from pathlib import Path

from models.store.database import Connection, execute
from outbox.communities.inside.passing_on import pass_on
from outbox.communities.leaving import leave
from tests.factories import HERE, make_member
from tests.golden import normalize, require_golden
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.communities.inside.sample_inside import share_note
from tests.outbox.communities.sample_community import found, make_neighbour, put_in
from tests.outbox.sent_activities import list_sent

FILES = ("create", "delete", "announce")


async def test_it_is_what_the_files_say(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice)
    for one in (anna, bob, await make_neighbour(conn, "carl", host="arras.test")):
        await put_in(conn, one, community)
    await share_note(conn, anna, community, "Ma remorque est libre samedi.")
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1")
    await leave(conn, HERE, anna, community)
    note = note_by(bob, id=f"{bob.uri}/notes/1", to=[f"{community.uri}/members"], cc=[])
    document = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{bob.uri}/activities/1",
        "type": "Create",
        "actor": bob.uri,
        "to": note["to"],
        "object": note,
        "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofValue": "z3FX"},
    }

    await pass_on(conn, HERE, document, by(bob, "Create", note, id=document["id"], to=note["to"]))

    sent = [one for one in await list_sent(conn) if one.hosts]
    assert [one.hosts for one in sent] == [["arras.test", "henin.test"]] * 2 + [["arras.test"]]
    for name, told in zip(FILES, normalize([one.activity for one in sent]), strict=True):
        require_golden(f"declic/inside/{name}", told)


def test_the_page_of_the_protocol_shows_them() -> None:
    page = Path("FEDERATION.md").read_text()
    blocks = [block.partition("```")[0] for block in page.split("```json\n")[1:]]
    shown = [json.loads(block) for block in blocks if "\u2026" not in block]

    for name in ("create", "announce"):
        told = json.loads(Path(f"tests/documents/declic/inside/{name}.json").read_text())
        assert {key: value for key, value in told.items() if key != "@context"} in shown, name
