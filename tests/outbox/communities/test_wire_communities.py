"""Every activity about a community, as both servers really send it, against one file each."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from federation.documents.parse import parse_activity
from federation.documents.serialize import to_json
from federation.json.jsonld_terms import TERMS, collect_names
from federation.vocabulary.activities.activities import Update
from federation.vocabulary.actors import ActorDocument
from models.communities import charters, communities
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection
from outbox.builders.objects.community import build_charter
from outbox.communities.approvals import approve, refuse
from outbox.communities.invitations import accept_invitation, decline, invite
from outbox.communities.joining import JoinRequest, join
from outbox.communities.leaving import leave, remove
from outbox.communities.roles import set_role
from outbox.people.profiles import describe_actor
from tests.factories import HERE, make_member
from tests.golden import normalize, require_golden
from tests.inbox.communities.test_communities import receive
from tests.outbox.communities.sample_community import come_in, found, make_copy, make_neighbour, put_in, renew
from tests.outbox.sent_activities import list_sent
from tests.payloads import FOLDER, load_json

JOIN = "https://henin.test/users/bob/activities/00000000-0000-4000-8000-000000000001"

HOME = ("accept_join", "reject_join", "invite", "add_request", "remove_request", "add_manager", "remove_member")

ELSEWHERE = ("join", "join_again", "leave", "accept_invite", "reject_invite", "add_member_asked")

OTHERS = ("group", "charter", "update_charter")


def without_keys(document: ActorDocument) -> ActorDocument:
    """Keys are others with each run."""
    return replace(document, public_keys=(), multikeys=())


async def write_home(conn: Connection) -> list[dict[str, Any]]:
    """What the home of a community sends."""
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    carl, dora = await make_neighbour(conn, "carl"), await make_neighbour(conn, "dora")
    open_one = await found(conn, alice)
    await come_in(conn, bob, open_one, uri=JOIN)
    await communities.save(conn, open_one.actor_id, communities.CommunitySettings(access="on_request"))
    await come_in(conn, carl, open_one, uri=JOIN.replace("bob", "carl"))
    await refuse(conn, HERE, alice, open_one, carl, "Nous sommes déjà trop.")
    await invite(conn, HERE, alice, open_one, dora)
    await set_role(conn, HERE, alice, open_one, bob, "manager")
    await come_in(conn, anna, open_one)
    await refuse(conn, HERE, alice, open_one, anna, "Pas cette année.")
    await set_role(conn, HERE, bob, open_one, bob, "member")
    await remove(conn, HERE, alice, open_one, bob, "Remorque jamais rendue.")
    sent = [one.activity for one in await list_sent(conn)]
    manager, request, settled, *_, gone = sent[3:]
    return [*sent[:3], request, settled, manager, gone]


async def test_a_home_sends_what_the_files_say(conn: Connection) -> None:
    sent = normalize(await write_home(conn))

    assert len(sent) == len(HOME)
    for name, document in zip(HOME, sent, strict=True):
        require_golden(f"declic/communities/{name}", document)


async def test_people_elsewhere_send_what_the_files_say(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await join(conn, HERE, alice, copy, JoinRequest(version=1, message="J’ai deux remorques à prêter."))
    [asked] = await list_sent(conn)
    await receive(conn, group, "Accept", asked.activity)
    told = charters.NewCharter(version=2, text="1. Trois jours au plus.")
    await charters.save_remote(conn, copy.actor_id, told)
    await come_in(conn, alice, copy)
    await leave(conn, HERE, alice, copy)
    await answer_invitations(conn, alice, group)
    await put_in(conn, alice, copy, "manager")
    await receive(conn, group, "Add", bob.uri, target=f"{group.uri}/requests")
    await receive(conn, group, "Add", bob.uri, target=f"{group.uri}/requests")
    await approve_as_manager(conn, alice, group, bob)

    sent = normalize([one.activity for one in await list_sent(conn)])

    assert len(sent) == len(ELSEWHERE)
    for name, document in zip(ELSEWHERE, sent, strict=True):
        require_golden(f"declic/communities/{name}", document)


async def answer_invitations(conn: Connection, person: Actor, group: Actor) -> None:
    """She is invited, and comes in; another one is, and does not."""
    community = await communities.find(conn, group.id)
    assert community is not None
    anna = await make_member(conn, "anna")
    for one in (person, anna):
        id = f"{group.uri}/activities/{uuid4()}"
        await receive(conn, group, "Invite", group.uri, target=one.uri, id=id)
    await accept_invitation(conn, HERE, person, community, 2)
    await decline(conn, HERE, anna, community)


async def approve_as_manager(conn: Connection, manager: Actor, group: Actor, person: Actor) -> None:
    """A manager of ours asks the home to let somebody in."""
    community = await communities.find(conn, group.id)
    assert community is not None
    await approve(conn, HERE, manager, community, person)


async def test_a_group_and_its_charter_are_what_the_files_say(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(
        conn,
        alice,
        members_shown=True,
        access="on_request",
        approvals_needed=2,
        held_with=["https://henin.test/users/coop"],
    )
    await put_in(conn, bob, community)
    group = await describe_actor(conn, HERE, await actors.get(conn, community.actor_id))
    first = await charters.find_current(conn, community.actor_id)
    assert first is not None
    await renew(conn, alice, community)
    [sent] = await list_sent(conn)
    update = parse_activity(json.dumps(sent.activity).encode())
    assert isinstance(update, Update)
    assert isinstance(update.object, ActorDocument)

    told = replace(update, object=without_keys(update.object))
    documents = [to_json(one) for one in (without_keys(group), build_charter(community, first), told)]
    for name, document in zip(OTHERS, documents, strict=True):
        require_golden(f"declic/communities/{name}", normalize([document])[0])


def test_no_file_is_left_that_nobody_sends_and_each_word_is_explained() -> None:
    written = {path.stem for path in (FOLDER / "declic/communities").glob("*.json")}
    page = Path("FEDERATION.md").read_text()

    files = [load_json(f"declic/communities/{name}") for name in (*HOME, *ELSEWHERE, *OTHERS)]
    ours = {name for one in files for name in collect_names(one) if {"declic:", "mz:"} & set(_prefixes(name))}
    assert written == {*HOME, *ELSEWHERE, *OTHERS}
    assert sorted(name for name in ours if f"`{name}`" not in page and f'"{name}"' not in page) == []


def _prefixes(name: str) -> list[str]:
    return [prefix for prefix in ("declic:", "mz:") if prefix in str(TERMS.get(name))]
