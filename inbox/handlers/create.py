"""Create: somebody elsewhere published something."""

from federation.vocabulary.activities.activities import Create
from federation.vocabulary.agreements import EconomicEvent
from federation.vocabulary.bike_books import BikeBook
from federation.vocabulary.embedded import is_postlike
from inbox.errors import Ignored
from inbox.exchanges.agreements import process_report
from inbox.exchanges.answers_in_words import process_words
from inbox.posts.remote_posts import find_author, save_post
from inbox.posts.thanks import process_thanks
from inbox.posts.votes import process_vote
from inbox.repairs.bikes.books import process_book
from inbox.repairs.bikes.told_files import take_files
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_create(conn: Connection, site: Site, sender: Actor, activity: Create) -> None:
    """Kept when it is a listing, or concerns somebody here; reports, and a private yes or no, go to agreements.

    A vote is counted.
    """
    if isinstance(activity.object, EconomicEvent):
        await process_report(conn, site, sender, activity.object)
        await take_files(conn, site, sender, activity.object)
        return
    if isinstance(activity.object, BikeBook):
        await process_book(conn, site, sender, activity, activity.object)
        return
    if not is_postlike(activity.object):
        raise Ignored("kind_not_shown")
    if await process_vote(conn, sender, activity.object):
        return
    author = await find_author(conn, sender, activity.object)
    post = (await save_post(conn, author, activity.object, passed_on_by=activity.passed_on_by)).post
    await process_words(conn, site, author, post)
    await process_thanks(conn, author, activity.object, post)
