"""What others do with a post of ours that was lost waits while they are asked for it: refused now, it would stay so."""

from federation.instance import Instance
from federation.uris import parse_local
from federation.vocabulary.activities.activities import Activity, Announce, Create, Like, Offer, QuoteRequest
from federation.vocabulary.agreements import Agreement
from federation.vocabulary.embedded import is_postlike, note_of
from inbox.errors import PostAwaited
from inbox.traffic.losses import has_lost
from models import posts
from models.people import name_rest
from models.store.database import connection


async def require_not_awaited(instance: Instance, activity: Activity) -> None:
    """Raise PostAwaited for what is about a post of ours that is not here, while others may still give it back.

    They send again what they did with it at the moment at which they hear of the loss, and are asked a little later.
    Answers wait for a listing alone, to which they open an exchange: to a note, which may have been private and does
    not come back then, they are tied whenever it comes.
    """
    uri = _find_post(activity)
    local = None if uri is None else parse_local(instance.site, uri)
    kinds = ("listing",) if isinstance(activity, Create) else ("note", "listing")
    if uri is None or local is None or local.kind not in kinds or not await has_lost(instance):
        return
    async with connection(instance.pool) as conn:
        if await posts.find_by_uri(conn, uri) is None and await name_rest.find_end(conn) is not None:
            raise PostAwaited


def _find_post(activity: Activity) -> str | None:
    """The id of the post that is liked, shared, quoted, answered or asked for."""
    match activity:
        case Like(object=str(uri)) | Announce(object=str(uri)) | QuoteRequest(object=str(uri)):
            return uri
        case Offer(object=Agreement() as terms):
            return (terms.stipulates.satisfies or "").partition("#")[0]
        case Create(object=said) if is_postlike(said):
            return note_of(said).in_reply_to
        case _:
            return None
