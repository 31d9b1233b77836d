"""Quotes as others tell of them: who asks to quote one of ours, and which posts say that they quote something."""

from dataclasses import replace

from federation.discovery.fetches import fetch_object
from federation.documents.origin import require_attributed, require_same_origin
from federation.documents.parse import Fetched
from federation.errors import FetchFailed
from federation.instance import Instance
from federation.own_keys.key_pairs import load_signer
from federation.uris import is_local
from federation.vocabulary.activities.activities import QuoteRequest
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.objects import Note
from inbox.errors import Ignored
from inbox.private_fetches import REFUSALS
from models import posts
from models.posts import Post
from models.posts.quotes import quotes
from models.store.background import jobs
from models.store.database import Connection, connection

VERIFY = "verify_quote"
"""The job that asks whoever is quoted whether they agreed (inbox/posts/quote_checks)."""


async def resolve_request(instance: Instance, request: QuoteRequest) -> QuoteRequest:
    """The request with the post that quotes in full, as its author embedded it or as its server shows it.

    What cannot be read stays an address: such a request is refused. Raises Ignored, NotAllowed, and FetchFailed where
    trying again may help.
    """
    if not is_local(instance.site, request.object):
        raise Ignored("asks_nobody")
    async with connection(instance.pool) as conn:
        quoted = await posts.find_by_uri(conn, request.object)
    if quoted is None or not quoted.local or quoted.deleted_at is not None:
        raise Ignored("quoted_not_here")
    instrument = request.instrument
    if isinstance(instrument, str):
        require_same_origin(request.actor, instrument)
        instrument = await _fetch(instance, instrument, quoted.author_id) or instrument
    if is_postlike(instrument):
        note = note_of(instrument)
        require_attributed(request.actor, note.id, note.attributed_to)
    elif not isinstance(instrument, str):
        raise Ignored("quoting_no_post")
    return replace(request, instrument=instrument)


async def _fetch(instance: Instance, uri: str, author_id: int) -> Postlike | None:
    """The post as our server may read it, else as whoever is quoted may; None where neither may."""
    try:
        found: Fetched = await fetch_object(instance, uri)
    except FetchFailed as failed:
        if failed.cause not in REFUSALS:
            raise
        try:
            found = await fetch_object(instance, uri, signer=await load_signer(instance, author_id), fresh=True)
        except FetchFailed as again:
            if again.retry:
                raise
            return None
    return found if is_postlike(found) else None


def leave_quote(object: Postlike) -> Postlike:
    """The post as if it quoted nothing: what is shown in a quote leads no further, or one post would fetch many."""
    alone = replace(note_of(object), quote=None, quote_stamp=None)
    return alone if isinstance(object, Note) else replace(object, note=alone)


async def save_quoted(conn: Connection, post: Post, object: Postlike, *, fresh: bool) -> None:
    """What a post from elsewhere says that it quotes; whether it may is asked for afterwards."""
    note = note_of(object)
    if note.quote is None:
        if not fresh:
            await quotes.forget(conn, post.id)
        return
    quote = await quotes.save(conn, post, note.quote, note.quote_stamp)
    if quote.state == "pending":
        await jobs.enqueue(conn, VERIFY, {"id": quote.id}, key=f"{VERIFY}:{quote.id}")
