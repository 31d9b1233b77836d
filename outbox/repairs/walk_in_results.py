"""A shop of ours notes what came out for somebody who walked in: it is told to nobody."""

from models.exchanges.agreements import next_moment
from models.repairs.results import walk_ins
from models.repairs.results.notes import RepairNote
from models.repairs.results.walk_ins import WalkInLine
from models.store.database import Connection
from outbox.exchanges.repair_results import require_note


async def note_walk_in_result(conn: Connection, line: WalkInLine, note: RepairNote) -> None:
    """Keep it, or what is noted anew. Raises Invalid."""
    require_note(note)
    await walk_ins.save_note(conn, line, note, at=next_moment())
