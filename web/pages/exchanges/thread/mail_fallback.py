"""When a message that waits for a silent server will go by mail instead, as its author is told meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from models.exchanges.exchanges import Exchange
from models.news import mail_fallback
from models.news.mail_fallback import SILENCE
from models.store.database import Connection
from web.mail.mail_fallback import find_address
from web.pages.exchanges.thread.entries import ThreadItem


async def find_mail_fallback(
    conn: Connection, thread: Exchange, me: int, lines: Sequence[ThreadItem]
) -> datetime | None:
    """When the first message that does not get through leaves by mail; None where all do, or no address is known."""
    stuck = [line for line in lines if _waits(line)]
    if not stuck or not find_address(await mail_fallback.list_written(conn, thread.id, thread.other_of(me))):
        return None
    return stuck[0].at + SILENCE


def _waits(line: ThreadItem) -> bool:
    delivery = line.delivery if line.kind == "message" else None
    return delivery is not None and bool(delivery.delayed) and delivery.by_mail is None
