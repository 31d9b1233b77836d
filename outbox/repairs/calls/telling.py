"""A bike has broken down: members nearby who asked for it are told, of calls from here and from elsewhere alike."""

from datetime import UTC, datetime

from models.listings.listings import Listing
from models.moderation import unpublished_posts
from models.news import notifications
from models.people import actors
from models.repairs.calls import told
from models.repairs.calls.figures import REPORT
from models.repairs.calls.reaches import REACHES, Reach, read_reach
from models.repairs.calls.told import FRESH, JOB
from models.servers import known_hosts
from models.store.background import jobs
from models.store.database import Connection


async def notify_near(conn: Connection, listing: Listing) -> int:
    """Tell whoever lives within the reach of this call, wants to know of it and was not told yet; how many. Nothing
    for what is no open fresh call, or waits for a look.
    """
    if listing.post.published_at < datetime.now(UTC) - FRESH or not await may_be_told(conn, listing):
        return 0
    return await tell(conn, listing)


async def tell(conn: Connection, listing: Listing) -> int:
    """The same for a call that `may_be_told`, however old it is.

    News at once; mails and pushes as each member chose (web/mail/repair_call_mails, web/news/web_push).
    """
    post = listing.post
    people = await told.tell(conn, listing, await find_reach(conn, listing))
    await notifications.notify_all(conn, people, type="repair_call", actor_id=post.author_id, post_id=post.id)
    await queue_mails(conn, post.id, people)
    if people and not post.local:
        await jobs.enqueue(conn, REPORT, {"post": post.id}, key=f"{REPORT}:{post.id}")
    return len(people)


async def may_be_told(conn: Connection, listing: Listing) -> bool:
    """Whether anybody is told of it now: an open call that stands."""
    details = listing.details
    if details.kind != "repair_call" or details.status != "open" or listing.post.deleted_at is not None:
        return False
    if details.expires_at is not None and details.expires_at <= datetime.now(UTC):
        return False
    return not await unpublished_posts.is_unpublished(conn, listing.uri)


async def find_reach(conn: Connection, listing: Listing) -> Reach | None:
    """How far it is told; the last wave of another server only where the two cooperatives are friends."""
    reach = read_reach((listing.details.repair or {}).get("reach"))
    if reach != REACHES[-1] or listing.post.local:
        return reach
    author = await actors.get(conn, listing.post.author_id)
    known = await known_hosts.find(conn, author.host)
    return reach if known is not None and known.why == "friend" else REACHES[-2]


async def queue_mails(conn: Connection, post_id: int, people: list[int]) -> None:
    """A job for each of these people, who says herself whether and when she is written to."""
    payloads = {f"{JOB}:{actor_id}:{post_id}": {"actor_id": actor_id, "post_id": post_id} for actor_id in people}
    await jobs.enqueue_all(conn, JOB, payloads)
