"""What waits for longer than it should, of strangers or of the machinery: `news/staff_troubles` tells the team.

What else waits is told when it comes, or by a mail of its own.
"""

from datetime import datetime, timedelta

from models.coop.pending_parts import BACKUP, CHORES, LETTERS, MADE_WITHIN, MAILS, PROVEN_WITHIN, SERVERS
from models.store.database import Connection, fetch_records
from models.store.statements import compose

PATIENCE = timedelta(hours=24)
"""Most things settle by themselves, or somebody saw them on the cooperative's home, before so long."""

_OVERDUE = compose(
    """
    SELECT kind, max(due) AS due FROM (
        SELECT 'letters' AS kind, r.received_at + $1::interval AS due {letters}
        UNION ALL SELECT 'servers', greatest(w.since, w.first_at) + $1::interval FROM (
            SELECT s.unavailable_since AS since, (SELECT min(d.created_at) FROM delivery d
                WHERE d.host = s.host AND (d.state = 'waiting' OR d.state = 'held')) AS first_at {servers}
        ) AS w WHERE w.first_at IS NOT NULL
        UNION ALL SELECT 'mails', m.created_at + $1::interval {mails}
        UNION ALL SELECT 'chores', t.since + $1::interval {chores}
        UNION ALL SELECT 'backup', unnest(ARRAY[coalesce(k.made_at, k.began_at) + {made_within},
            coalesce(k.verified_at, k.began_at) + {proven_within},
            CASE WHEN k.refuted_at > coalesce(k.verified_at, '-infinity') THEN k.refuted_at END,
            CASE WHEN k.uncopied_at > k.made_at THEN k.uncopied_since END,
            CASE WHEN k.unremoved_at > k.made_at THEN k.unremoved_since END]) FROM (
            SELECT b.*, (SELECT min(created_at) FROM account) AS began_at {backup}
        ) AS k
    ) AS found WHERE due <= now() GROUP BY kind ORDER BY kind
    """,
    letters=LETTERS,
    servers=SERVERS,
    mails=MAILS,
    chores=CHORES,
    backup=BACKUP,
    made_within=MADE_WITHIN,
    proven_within=PROVEN_WITHIN,
)


async def map_overdue(conn: Connection) -> dict[str, datetime]:
    """The kinds of `pending_kinds` of which something waits for too long, and since when the latest of it does.

    A server only while something waits for it here; a backup by what the cooperative's home says of it, and where there
    never was one from the first account on.
    """
    return {row["kind"]: row["due"] for row in await fetch_records(conn, _OVERDUE, PATIENCE)}
