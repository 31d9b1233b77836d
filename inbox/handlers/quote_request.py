"""QuoteRequest: somebody asks to quote a post of ours (FEP-044f)."""

from federation.vocabulary.activities.activities import QuoteRequest
from federation.vocabulary.embedded import is_postlike, note_of
from inbox.errors import Ignored
from inbox.posts.message_requests import judge_about
from inbox.posts.remote_posts import save_post
from models import posts
from models.limits import QUOTES
from models.people.actors import Actor
from models.posts import Post
from models.posts.message_requests import known_senders
from models.posts.quotes import quotes
from models.settings import Site
from models.store.database import Connection
from outbox.posts.quote_requests import may_quote
from outbox.posts.quotes import grant, refuse


async def handle_quote_request(conn: Connection, site: Site, sender: Actor, activity: QuoteRequest) -> None:
    """Yes with a stamp where the author's wish allows it, else no; to whoever may not see the post nothing (OB3)."""
    quoted = await _get_quoted(conn, sender, activity.object)
    instrument = activity.instrument
    uri = note_of(instrument).id if is_postlike(instrument) else str(instrument)
    known = await quotes.find_by_quoting_uri(conn, uri)
    if known is not None and known.quoting_actor_id != sender.id:
        raise Ignored("quoting_not_own")
    if not is_postlike(instrument) or not await may_quote(conn, sender, quoted) or _is_revoked(known, quoted):
        await refuse(conn, site, sender, quoted, activity)
        return
    if note_of(instrument).quote not in (quoted.uri, quoted.url):
        raise Ignored("quoting_differs")
    if not (await judge_about(conn, sender, uri, quoted)).accepted or await _is_wave(conn, sender):
        await refuse(conn, site, sender, quoted, activity)
        return
    await save_post(conn, sender, instrument, through_share=True)
    await grant(conn, site, sender, quoted, activity)


async def _get_quoted(conn: Connection, sender: Actor, uri: str) -> Post:
    """The post of ours, if whoever asks may see it. Raises Ignored."""
    quoted = await posts.find_by_uri(conn, uri)
    if quoted is None or not quoted.local or quoted.id not in await posts.filter_visible(conn, [quoted.id], sender.id):
        raise Ignored("quoted_not_here")
    return quoted


def _is_revoked(known: quotes.Quote | None, quoted: Post) -> bool:
    """An author who took her word back is not asked again about the same post."""
    return known is not None and known.state == "revoked" and known.quoted_uri == quoted.uri


async def _is_wave(conn: Connection, sender: Actor) -> bool:
    """Whether a server that nobody here knows asks for more in a day than it may (B-57)."""
    if (await known_senders.load_sender(conn, sender.id)).known:
        return False
    return await quotes.count_lately(conn, sender.host, within=QUOTES.within) >= QUOTES.most
