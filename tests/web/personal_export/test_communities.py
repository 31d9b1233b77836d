"""Communities and meetings in an archive."""

import io
import json
from typing import Any
from zipfile import ZipFile

from federation.instance import Instance
from models.meetings.registrations import Wish
from models.people import accounts
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from outbox.communities.invitations import invite
from outbox.communities.leaving import remove
from outbox.meetings.meetings import publish
from outbox.meetings.registrations import register
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.communities.sample_community import come_in, found, put_in
from tests.outbox.meetings.sample_meetings import make_draft
from web.personal_export.activitystreams import write_documents
from web.personal_export.communities import write_communities
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import open_zip


async def pack(pool: Pool, member: Actor) -> dict[str, Any]:
    """What her archive holds of it, by the name of the sheet."""
    instance = Instance(site=HERE, settings=Settings(url=HERE.url), pool=pool, transport=FakeFediverse())
    async with connection(pool) as conn:
        account = await accounts.get(conn, member.id)
    file = io.BytesIO()
    owner = ArchiveOwner(instance=instance, account=account, actor=member)
    with open_zip(file, instance.store) as parcel:
        await write_communities(owner, parcel)
        await write_documents(owner, parcel)
    whole = ZipFile(file)
    return {name: json.loads(whole.read(name)) for name in whole.namelist() if name.endswith(".json")}


async def test_memberships_invitations_and_answers_are_hers(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
        community = await found(conn, alice)
        await come_in(conn, anna, community)
        await put_in(conn, zoe, community)
        await remove(conn, HERE, alice, community, anna, "Remorque jamais rendue.")
        await invite(conn, HERE, alice, community, anna)

    hers, founders = await pack(pool, anna), await pack(pool, alice)

    [one] = hers["communities.json"]
    assert (one["uri"], one["state"], one["accepted_version"]) == (community.uri, "invited", 1)
    told = [(one["kind"], one["by_her"], one["reason"]) for one in hers["community_decisions.json"]]
    assert told == [("invited", False, ""), ("removed", False, "Remorque jamais rendue."), ("joined", True, "")]
    assert "zoe" not in json.dumps(hers)
    assert [(one["role"], one["state"]) for one in founders["communities.json"]] == [("manager", "member")]
    assert hers["meetings.json"] == []


async def test_meetings_are_events_and_to_which_she_comes_is_hers(pool: Pool) -> None:
    async with transaction(pool) as conn:
        anna, place = await make_member(conn, "anna"), await make_member(conn, "atelier", type="Organization")
        await make_local_actor(conn, "coop", type="Organization")
        full = await publish(conn, HERE, place, make_draft())
        await register(conn, HERE, anna, full.id, Wish(people=2, message="Ma lampe"))

    hers, places = await pack(pool, anna), await pack(pool, place)

    [seat] = hers["meetings.json"]
    assert (seat["title"], seat["state"], seat["people"]) == ("Café réparation", "seat", 2)
    [said] = places["outbox.json"]["orderedItems"]
    assert (said["type"], said["object"]["type"], said["object"]["name"]) == ("Create", "Event", "Café réparation")
