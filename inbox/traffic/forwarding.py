"""Which of what comes in may be passed on: an answer to one of ours that carries a proof of its own actor (AX20), and
what a member elsewhere shares inside a community of ours.
"""

from datetime import datetime

from federation.errors import FederationError
from federation.instance import Instance
from federation.json.fields import Json
from federation.proofs import has_proof, verify_linked_data, verify_proof
from federation.uris import is_local
from federation.vocabulary.activities.activities import Activity, Create, Delete, Update
from federation.vocabulary.embedded import note_of
from models.settings import Site
from models.store.database import connection
from outbox.communities.inside.passing_on import find_home, list_circles
from outbox.traffic.forwarding import find_answered


async def may_pass_on(instance: Instance, document: Json, activity: Activity, *, at: datetime) -> bool:
    """Whether others may believe this document from us, which came `at` this moment and says this activity.

    Uses the network for the key of the proof: hold no connection here.
    """
    if not _may_answer(instance.site, activity) or not has_proof(document):
        return False
    async with connection(instance.pool) as conn:
        if (
            await find_home(conn, instance.site, activity) is None
            and await find_answered(conn, instance.site, activity) is None
        ):
            return False
    try:
        if await verify_proof(instance, document, at=at) == activity.actor:
            return True
        return await verify_linked_data(instance, document, at=at) is not None
    except FederationError:
        return False


def _may_answer(site: Site, activity: Activity) -> bool:
    """What costs nothing to ask first: most of what comes in answers nobody here."""
    if any(is_local(site, uri) for uri in list_circles(activity)):
        return True
    match activity:
        case Create(object=object) | Update(object=object):
            note = note_of(object)
            return note is not None and note.in_reply_to is not None and is_local(site, note.in_reply_to)
        case Delete():
            return True
        case _:
            return False
