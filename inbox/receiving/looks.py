"""A friend asks to be looked at from outside: who may ask, how often, and what it is told within the request."""

from datetime import UTC, datetime

from federation.authentication.authentication import authenticate
from federation.discovery.outside_look import look
from federation.documents.parse import read_json, require_plain
from federation.documents.serialize import serialize
from federation.errors import KeyUnavailable, SignatureInvalid
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer
from federation.signatures import Envelope
from federation.uris import origin_of
from federation.vocabulary.looks import LookReport, LookRequest, read_report, read_request, write_report
from inbox.receiving.friends import require_own
from inbox.receiving.inbox_policy import TooMany, note_failure, require_rate
from models.errors import Conflict, NotFound
from models.servers import looks
from models.servers.looks import GivenLook
from models.store.database import connection, transaction
from outbox.builders.activities.view import build_visit

MOST_BYTES = 4_096


class TooManyLooks(TooMany):
    """Your server has been looked at as often as it may in a day; please ask again tomorrow."""

    retry_after = 3_600


class LookUnderWay(TooMany):
    """This server looks at one other at a time; please ask again in a minute."""


async def answer_request(instance: Instance, envelope: Envelope, host: str) -> LookReport:
    """What is seen from here of `host`, which `require_friend` let pass. Each request once.

    Raises Malformed, SignatureInvalid, KeyUnavailable, TooMany; NotFound where not this very host is the friend.
    """
    request = read_request(require_plain(read_json(envelope.body)))
    try:
        await authenticate(instance, envelope, actor=request.actor, at=datetime.now(UTC))
    except SignatureInvalid:
        note_failure(instance, host)
        raise
    require_own(request.actor, request.published, host)
    require_rate(instance, host)
    async with connection(instance.pool) as conn:
        if not await looks.is_friend(conn, host):
            raise NotFound
        before = await looks.find_given(conn, host, request.id)
    return await _look(instance, request, host) if before is None else _repeat(before)


def _repeat(before: GivenLook) -> LookReport:
    if before.seen is None:
        raise LookUnderWay
    return read_report(before.seen)


async def _look(instance: Instance, request: LookRequest, host: str) -> LookReport:
    signer = await instance_signer(instance)
    if signer is None:
        raise KeyUnavailable
    try:
        async with transaction(instance.pool) as conn:
            look_id = await looks.begin(conn, host, request.id)
    except Conflict:
        raise TooManyLooks from None
    if look_id is None:
        raise LookUnderWay
    visit = serialize(build_visit(instance.site, f"{origin_of(request.actor)}/users/coop", datetime.now(UTC)))
    report = await look(instance, request, signer, visit)
    async with transaction(instance.pool) as conn:
        await looks.save_given(conn, look_id, write_report(report))
    return report
