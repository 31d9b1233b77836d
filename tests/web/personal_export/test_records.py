"""What stands in the lines of a thread that somebody takes along."""

from models.people import actors
from models.personal_data import personal_export
from models.store.database import Connection
from outbox.exchanges.agreements.thanks import ThanksNote, thank
from tests.confirmed_exchanges import confirm_here
from tests.factories import HERE
from web.personal_export.records import load_thread_records


async def test_thanks_are_taken_along_with_their_words(conn: Connection) -> None:
    held = await confirm_here(conn)
    carol = await actors.get(conn, held.partner_id)
    await thank(conn, HERE, carol, held, ThanksNote(text="Superbe vélo !"))

    lines = await load_thread_records(
        conn, await personal_export.list_lines(conn, held.exchange_id, after=None, limit=50)
    )

    assert [
        (line.who, line.event.details["text"]) for line in lines if line.event and line.event.kind == "thanked"
    ] == [(carol, "Superbe vélo !")]
    assert all(line.message is None for line in lines)
