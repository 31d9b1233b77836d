"""The cooperative publishes a version of the diagnostic, or goes back to an earlier one."""

from models.errors import Invalid
from models.moderation import journal
from models.people.accounts import Account
from models.repairs.diagnostic import drafts, versions
from models.repairs.diagnostic.reading import read_tree
from models.repairs.diagnostic.versions import NewDiagnostic
from models.store.database import Connection


async def publish(conn: Connection, account: Account, new: NewDiagnostic) -> None:
    """Publish the next version, and forget the draft that it was.

    Raises Conflict where somebody else published one meanwhile, Invalid where nobody could walk through it.
    """
    if new.source is not None and read_tree(new.source).tree is None:
        raise Invalid("diagnostic_unreadable", field="source")
    await versions.publish(conn, new)
    if new.restores is None and new.source is not None:
        await drafts.forget(conn, account.actor_id)
    await journal.record(
        conn, "settings_changed", by=account, right="settings", page="diagnostic", version=new.follows + 1
    )
