"""A version of the charter or of the terms is published, members are told, and say yes."""

from typing import Any

from federation.instance import Instance
from models.moderation import journal
from models.news import notifications
from models.people import actors
from models.people.accounts import Account
from models.people.documents import acceptances, versions
from models.people.documents.versions import NewVersion
from models.store.background import jobs
from models.store.database import Connection, connection, transaction

JOB = "documents_news"
"""The job that tells members."""

AT_ONCE = 500


async def publish(conn: Connection, account: Account, new: NewVersion) -> None:
    """Publish the next version. Where it asks for a yes, every member is asked and told.

    Raises Conflict where somebody else published one meanwhile.
    """
    id = await versions.publish(conn, new)
    await acceptances.refresh_due(conn)
    await journal.record(
        conn, "document_published", by=account, right="documents", kind=new.kind, version=new.follows + 1
    )
    if new.due_at is not None:
        await jobs.enqueue(conn, JOB, {"version_id": id}, key=f"{JOB}:{id}")


async def tell_members(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: news to everybody of whom a yes is asked, in the cooperative's name; the newest stands for others."""
    async with connection(instance.pool) as conn:
        coop = await actors.find_local(conn, "coop")
        told = [one.actor_id for one in await acceptances.list_unaccepting(conn)]
    if coop is None:
        return
    for start in range(0, len(told), AT_ONCE):
        some = told[start : start + AT_ONCE]
        async with transaction(instance.pool) as conn:
            await notifications.forget_types(conn, some, ("documents",))
            await notifications.notify_all(conn, some, type="documents", actor_id=coop.id, post_id=None)
