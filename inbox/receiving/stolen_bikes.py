"""A friend's server asks about one frame number: who may ask, how often, and the one answer that it gets."""

from datetime import UTC, datetime

from federation.authentication.authentication import authenticate
from federation.documents.parse import read_json, require_plain
from federation.errors import Malformed, SignatureInvalid
from federation.instance import Instance
from federation.signatures import Envelope
from federation.vocabulary.stolen_bikes import StolenBikeAnswer, StolenBikeInquiry, read_inquiry
from inbox.receiving.friends import require_own
from inbox.receiving.inbox_policy import TooMany, note_failure, require_rate
from models.repairs.frame_numbers import questions
from models.repairs.frame_numbers.numbers import cut_ending
from models.store.database import Connection, transaction
from outbox.repairs.frame_numbers.answers import Asker, answer

MOST_BYTES = 4_096


class TooManyQuestions(TooMany):
    """Your server has asked about as many frame numbers as it may in a day; please ask again tomorrow."""

    retry_after = 3_600


async def answer_inquiry(instance: Instance, envelope: Envelope, host: str) -> StolenBikeAnswer:
    """Yes or no to `host`, which `require_friend` let pass. The owner of the bike is told; each question once.

    Raises Malformed, SignatureInvalid, KeyUnavailable, TooMany.
    """
    inquiry = read_inquiry(require_plain(read_json(envelope.body)))
    try:
        await authenticate(instance, envelope, actor=inquiry.actor, at=datetime.now(UTC))
    except SignatureInvalid:
        note_failure(instance, host)
        raise
    _require_own(inquiry, host)
    require_rate(instance, host)
    async with transaction(instance.pool) as conn:
        await questions.lock_host(conn, host)
        stolen = await questions.find_answer(conn, host, inquiry.id)
        if stolen is None:
            stolen = await _answer_new(conn, instance, host, inquiry)
    return StolenBikeAnswer(in_reply_to=inquiry.id, stolen=stolen)


async def _answer_new(conn: Connection, instance: Instance, host: str, inquiry: StolenBikeInquiry) -> bool:
    """The answer to a question that was not asked before; one that only brings who asks costs its server nothing.

    That is so for a yes after a yes alone, once. A no after a yes is counted, be it one too many, and no other question
    is one with that yes: else numbers could be tried without being counted.
    """
    ending = cut_ending(inquiry.frame_number)
    first = await questions.find_first(conn, host, ending) if inquiry.contact else None
    if first is None and not await questions.has_room(conn, host):
        raise TooManyQuestions
    stolen = await answer(conn, instance.site, inquiry.frame_number, Asker(host=host, contact=inquiry.contact or ""))
    if first is not None and stolen:
        await questions.complete(conn, first, inquiry.id)
        return stolen
    if first is not None:
        await questions.close(conn, first)
    await questions.save(conn, host, inquiry.id, ending, stolen=stolen)
    return stolen


def _require_own(inquiry: StolenBikeInquiry, host: str) -> None:
    """Raise Malformed unless it speaks of the asking server alone, and of now."""
    require_own(inquiry.actor, inquiry.published, host)
    if inquiry.contact is not None and inquiry.contact.rpartition("@")[2] != host:
        raise Malformed("The contact is of another server.")
