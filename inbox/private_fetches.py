"""What is not for everybody is asked for in the name of somebody here whom it is for (RS13)."""

from federation.circles import read_members_of
from federation.discovery.fetches import fetch_object
from federation.documents.parse import Fetched
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.json.fields import PUBLIC
from federation.own_keys.key_pairs import load_signer
from federation.vocabulary.activities.activities import Create, Update
from models.communities import insiders
from models.relations import follows
from models.store.database import connection

REFUSALS = frozenset({Cause.NOT_FOUND, Cause.FORBIDDEN, Cause.SIGNATURE_REFUSED})
"""How servers answer those who may not see something; many say that it is missing."""


async def fetch_announced(instance: Instance, activity: Create | Update, uri: str) -> Fetched:
    """The object that an activity only names: as our server's own actor may read it or, of a private activity, as one
    person here may to whom it is addressed, who follows its author, or who is in the community inside which it stays.
    Raises FetchFailed.
    """
    try:
        return await fetch_object(instance, uri)
    except FetchFailed as failed:
        addressees = [*activity.to, *activity.cc]
        if failed.cause not in REFUSALS or PUBLIC in addressees:
            raise
        async with connection(instance.pool) as conn:
            reader_id = await follows.find_local_reader(conn, activity.actor, addressees)
            if reader_id is None and (inside := read_members_of(addressees)):
                reader_id = await insiders.find_reader(conn, inside)
        if reader_id is None:
            raise
    return await fetch_object(instance, uri, signer=await load_signer(instance, reader_id), fresh=True)
