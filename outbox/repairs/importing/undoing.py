"""An import is undone: all that it made and nobody touched since."""

from models.errors import Conflict
from models.moderation import journal
from models.people.accounts import Account
from models.repairs.importing import imports, undoing
from models.store.database import Connection


async def undo_import(conn: Connection, import_id: int, by: Account | None) -> dict[str, int]:
    """Take it back; how many of each kind stay, since somebody did something with them. Raises Conflict when too late.

    What is gone may come again with another import, what stays may not.
    """
    if not await imports.claim_undo(conn, import_id):
        raise Conflict("import_undone_or_old")
    await undoing.remove_rows(conn, import_id)
    await undoing.remove_shops(conn, await undoing.list_untouched_shops(conn, import_id))
    await undoing.remove_managers(conn, import_id)
    left = await undoing.forget_items(conn, import_id)
    await imports.save_counts(conn, import_id, left)
    await journal.record(conn, "repair_shop_changed", by=by, right="repair_shops", what="import_undone")
    return left
