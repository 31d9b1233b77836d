"""Look at a server that asked for it, from outside: its name, its doors, its certificate, its clock, what it answers.

Nothing but the origin that asked is ever called: no redirect leads away from it, nor does any address that it names.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from federation.discovery.webfinger import JRD_TYPE, Handle, read_account
from federation.discovery.well_known import read_json
from federation.documents.parse import decode
from federation.errors import Cause, FederationError, FetchFailed
from federation.http_client.causes import CLOCK_TOLERANCE, read_clock
from federation.http_client.doors import Door
from federation.instance import Instance
from federation.signatures import Signer
from federation.uris import host_of, origin_of, same_origin
from federation.vocabulary.actors import ActorDocument, read_actor
from federation.vocabulary.looks import LookReport, LookRequest, Seen, Sight

SECONDS = 12
"""So long each part of it may take after the doors; they go on side by side, but for those that need another's find."""

CERTIFICATES = frozenset(
    {
        Cause.CERTIFICATE_EXPIRED,
        Cause.CERTIFICATE_NOT_YET_VALID,
        Cause.CERTIFICATE_WRONG_NAME,
        Cause.CERTIFICATE_UNTRUSTED,
        Cause.TLS,
    }
)


async def look(instance: Instance, request: LookRequest, signer: Signer, visit: bytes) -> LookReport:
    """All that is seen of the origin of the actor who asks, which has to be proven; `visit` goes to its inbox."""
    origin = origin_of(request.actor)
    proven = Seen(check=Sight.SIGNATURE, well=True)
    try:
        doors = await instance.transport.try_doors(origin)  # within limits of its own, for the name and for each door
    except FetchFailed as failed:
        return _report(request, [], [Seen(check=Sight.NAME, well=False, cause=failed.cause), proven])
    seen = [Seen(check=Sight.NAME, well=True), *_see_doors(doors), proven]
    if any(door.tried and door.cause is None for door in doors):
        clock, found, (actor, shown) = await asyncio.gather(
            _see_clock(instance, origin), _see_account(instance, origin), _see_actor(instance, origin, signer)
        )
        seen += [clock, found, shown, await _see_inbox(instance, actor, signer, visit)]
    return _report(request, doors, seen)


def _report(request: LookRequest, doors: Sequence[Door], seen: Sequence[Seen]) -> LookReport:
    said = {one.check: one for one in seen}
    whole = (said.get(check, Seen(check=check, well=None)) for check in Sight)
    return LookReport(in_reply_to=request.id, addresses=tuple(door.address for door in doors), seen=tuple(whole))


def _see_doors(doors: Sequence[Door]) -> list[Seen]:
    """How IPv4 and IPv6 open, and the certificate, of which one that is wrong at either counts."""
    tried = {door.is_v6: door for door in doors if door.tried}
    seen = [_see_door(Sight.IPV4, tried.get(False)), _see_door(Sight.IPV6, tried.get(True))]
    wrong = next((door.cause for door in doors if door.cause in CERTIFICATES), None)
    ends = [door.certificate_until for door in doors if door.certificate_until is not None]
    if wrong is not None:
        return [*seen, Seen(check=Sight.CERTIFICATE, well=False, cause=wrong)]
    if ends:
        seen.append(Seen(check=Sight.CERTIFICATE, well=True, figure=(min(ends) - datetime.now(UTC)).days))
    return seen


def _see_door(check: Sight, door: Door | None) -> Seen:
    """Whether somebody is behind it. Where we have no such network ourselves, nothing is said of theirs."""
    if door is None or (door.is_v6 and not door.routed):
        return Seen(check=check, well=None)
    if door.cause is None or door.cause in CERTIFICATES:
        return Seen(check=check, well=True)
    return Seen(check=check, well=False, cause=door.cause)


async def _see_clock(instance: Instance, origin: str) -> Seen:
    """By how much the clock there is ahead of ours; any answer tells."""
    try:
        async with asyncio.timeout(SECONDS):
            fetched = await instance.transport.get_directly(f"{origin}/healthz", accept="application/json")
        clock = read_clock(fetched.headers, datetime.now(UTC))
    except FetchFailed as failed:
        clock = failed.clock
    except TimeoutError:
        clock = None
    if clock is None:
        return Seen(check=Sight.CLOCK, well=None)
    return Seen(check=Sight.CLOCK, well=abs(clock) <= CLOCK_TOLERANCE.total_seconds(), figure=clock)


async def _see_account(instance: Instance, origin: str) -> Seen:
    """Whether WebFinger leads from the handle of the cooperative to its actor."""
    handle = Handle(username="coop", host=host_of(origin))
    uri = f"{origin}/.well-known/webfinger?resource={quote(f'acct:{handle}', safe='')}"
    try:
        async with asyncio.timeout(SECONDS):
            accept = f"{JRD_TYPE}, application/json"
            fetched = await instance.transport.get_directly(uri, accept=accept)
        account = read_account(handle, read_json(fetched))
    except (FetchFailed, TimeoutError) as error:
        return _fail(Sight.WEBFINGER, error)
    if account.actor != _coop(origin):
        return Seen(check=Sight.WEBFINGER, well=False, cause=Cause.WRONG_ID)
    return Seen(check=Sight.WEBFINGER, well=True)


async def _see_actor(instance: Instance, origin: str, signer: Signer) -> tuple[ActorDocument | None, Seen]:
    """The document of the cooperative, asked for with our signature."""
    try:
        async with asyncio.timeout(SECONDS):
            fetched = await instance.transport.get_directly(_coop(origin), signer=signer)
        actor = read_actor(decode(fetched.body))
    except (FederationError, TimeoutError) as error:
        return None, _fail(Sight.ACTOR, error)
    if actor.id != _coop(origin):
        return None, Seen(check=Sight.ACTOR, well=False, cause=Cause.WRONG_ID)
    return actor, Seen(check=Sight.ACTOR, well=True)


async def _see_inbox(instance: Instance, actor: ActorDocument | None, signer: Signer, visit: bytes) -> Seen:
    """Whether the inbox of the cooperative takes what we sign."""
    if actor is None:
        return Seen(check=Sight.INBOX, well=None)
    if not same_origin(actor.inbox, actor.id):
        return Seen(check=Sight.INBOX, well=False, cause=Cause.WRONG_ID)
    try:
        async with asyncio.timeout(SECONDS):
            answer = await instance.transport.post_activity(actor.inbox, visit, signer)
    except TimeoutError as error:
        return _fail(Sight.INBOX, error)
    return Seen(check=Sight.INBOX, well=answer.delivered, cause=answer.cause, figure=answer.status)


def _coop(origin: str) -> str:
    return f"{origin}/users/coop"


def _fail(check: Sight, error: Exception) -> Seen:
    if isinstance(error, FetchFailed):
        return Seen(check=check, well=False, cause=error.cause, figure=error.answer)
    cause = Cause.TIMED_OUT if isinstance(error, TimeoutError) else Cause.NOT_AN_OBJECT
    return Seen(check=check, well=False, cause=cause)
