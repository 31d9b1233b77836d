"""How soon somebody usually answers, in words: it encourages, and blames nobody."""

from datetime import timedelta

from models.listings import response_times
from models.store.database import Connection
from web.rendering.render import N_

HABITS: tuple[tuple[timedelta, str], ...] = (
    (timedelta(days=1), N_("Répond en général dans la journée")),
    (timedelta(days=2), N_("Répond en général en un jour ou deux")),
    (timedelta(days=7), N_("Répond en général dans la semaine")),
)
"""Up to how long, and what is said of it. Of whoever takes longer nothing is said."""


async def find_reply_time(conn: Connection, actor_id: int) -> str:
    """The sentence, to be translated; empty where there is none."""
    wait = await response_times.find_usual_wait(conn, actor_id)
    if wait is None:
        return ""
    return next((words for limit, words in HABITS if wait <= limit), "")
