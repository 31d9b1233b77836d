"""Create: somebody elsewhere published something."""

from federation.vocabulary.activities import Create
from federation.vocabulary.agreements import EconomicEvent
from federation.vocabulary.embedded import is_postlike
from inbox.agreements import hear_report
from inbox.errors import Ignored
from inbox.objects import save_post
from inbox.thanks import hear_thanks
from inbox.words import hear_words
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_create(conn: Connection, site: Site, sender: Actor, activity: Create) -> None:
    """Kept when it is a listing, or concerns somebody here; reports, and a private yes or no, go to agreements."""
    if isinstance(activity.object, EconomicEvent):
        await hear_report(conn, site, sender, activity.object)
        return
    if not is_postlike(activity.object):
        raise Ignored("This is not shown here.")
    post = await save_post(conn, sender, activity.object)
    await hear_words(conn, site, sender, post)
    await hear_thanks(conn, sender, activity.object, post)
