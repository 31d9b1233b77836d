"""A member asks about a frame number: here first, then every friend cooperative, side by side and once.

The number is in this process alone: no job, no table and no log line has it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import structlog

from federation.discovery import fetches
from federation.documents.documents import fetch_document
from federation.documents.parse import read_json, require_plain
from federation.documents.serialize import serialize
from federation.errors import FetchFailed, Malformed, Unsupported
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer
from federation.signatures import Signer
from federation.uris import same_origin
from federation.vocabulary.stolen_bikes import StolenBikeInquiry, read_answer
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor
from models.repairs.frame_numbers import inquiries
from models.repairs.frame_numbers.inquiries import FriendAnswer
from models.repairs.frame_numbers.numbers import LONGEST, SHORTEST, cut_ending, is_frame_number, read_frame_number
from models.store.database import transaction
from outbox.repairs.frame_numbers.answers import Asker, answer

SECONDS = 8
"""So long a friend has for its answer: somebody stands beside the bike meanwhile."""

AT_ONCE = 20
"""Cooperatives that are asked side by side."""

MOST_FRIENDS = 200

log = structlog.get_logger(__name__)


def require_frame_number(typed: str) -> str:
    """The number, as it is compared. Raises Invalid for what is none."""
    number = read_frame_number(typed)
    if not number:
        raise Invalid("frame_number_missing", field="number")
    if not SHORTEST <= len(number) <= LONGEST:
        raise Invalid("frame_number_length", field="number", least=SHORTEST, most=LONGEST)
    if not is_frame_number(number):
        raise Invalid("frame_number_signs", field="number")
    return number


async def ask(instance: Instance, member: Actor, typed: str, *, may_write: bool) -> int:
    """Ask, and wait for the answers; the id of the question, under which they stand.

    Raises Invalid for what is no frame number, Conflict beyond the questions of a day.
    """
    number = require_frame_number(typed)
    asker = Asker(host=instance.site.host, contact=member.handle if may_write else "", member_id=member.id)
    async with transaction(instance.pool) as conn:
        inquiry_id = await inquiries.begin(conn, member.id, cut_ending(number), may_write=may_write)
        stolen = await answer(conn, instance.site, number, asker)
        ours = await actors.find_local(conn, "coop")
        name = ours.display_name if ours is not None else instance.site.host
        friends = (await actors.list_friend_cooperatives(conn))[:MOST_FRIENDS]
        asked = [FriendAnswer(host=one.host, name=one.display_name, stolen=None) for one in friends]
        here = FriendAnswer(host=instance.site.host, name=name, stolen=stolen)
        await inquiries.save_answers(conn, inquiry_id, [here, *asked])
    told = await _ask_friends(instance, friends, number, asker.contact)
    async with transaction(instance.pool) as conn:
        answers = [replace(one, stolen=said) for one, said in zip(asked, told, strict=True)]
        await inquiries.save_answers(conn, inquiry_id, answers)
    return inquiry_id


async def _ask_friends(instance: Instance, friends: Sequence[Actor], number: str, contact: str) -> list[bool | None]:
    signer = await instance_signer(instance)
    if signer is None:
        return [None for _ in friends]
    places = asyncio.Semaphore(AT_ONCE)

    async def ask_one(friend: Actor) -> bool | None:
        inquiry = StolenBikeInquiry(
            id=f"urn:uuid:{uuid4()}",
            actor=f"{instance.site.url}/users/instance",
            published=datetime.now(UTC),
            frame_number=number,
            contact=contact or None,
        )
        async with places:
            return await _ask_friend(instance, friend, inquiry, signer)

    return await asyncio.gather(*(ask_one(one) for one in friends))


async def _ask_friend(instance: Instance, friend: Actor, inquiry: StolenBikeInquiry, signer: Signer) -> bool | None:
    """What this cooperative says; None where it says nothing, or does not know the question."""
    try:
        async with asyncio.timeout(SECONDS):
            coop = fetches.read_actor_document(await fetch_document(instance, friend.uri))
            uri = coop.stolen_bikes
            if uri is None or not same_origin(uri, friend.uri):
                return None
            fetched = await instance.transport.post_question(uri, serialize(inquiry), signer, seconds=SECONDS)
        told = read_answer(require_plain(read_json(fetched.body)))
    except (FetchFailed, Malformed, Unsupported, TimeoutError) as failed:
        log.info("frame_number_not_answered", host=friend.host, cause=str(failed))
        return None
    return told.stolen if told.in_reply_to == inquiry.id else None
