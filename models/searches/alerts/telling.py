"""What alerts and matches share when something is told: what still stands, what was told, and what no mail told yet.

`{table}` is `alert_find` or `match_told`, and `f` a row of it: somebody (`actor_id`) is to learn of a listing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

MAILED_WITHIN = timedelta(days=3)
"""What could not be mailed for so long is not any more: it stands on the page."""

LISTING = """
    JOIN post p ON p.id = f.listing_id JOIN listing l ON l.post_id = f.listing_id JOIN actor a ON a.id = p.author_id
"""

# What of finds `f` stands for the one whose it is: found things end, are hidden, come from somebody whom she blocks, or
# who was limited since and whom she does not follow.
STANDS = """
    p.deleted_at IS NULL AND is_open_status(l.status) AND p.audience IN ('network', 'coop', 'territories')
    AND a.deleted_at IS NULL AND a.suspended_at IS NULL
    AND (a.limited_at IS NULL OR EXISTS (SELECT FROM follow w
        WHERE w.follower_id = f.actor_id AND w.followed_id = a.id AND w.state = 'accepted' OFFSET 0))
    AND (l.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now())
    AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = f.actor_id AND h.author_id = p.author_id OFFSET 0)
"""

# What is told: not of threads that she muted, of which no news would be, and with it none of the rest of its line; and
# not of a call that was told to her as one nearby, which stands on the alert's page all the same.
TELLABLE = """
    (l.kind <> 'repair_call' OR NOT EXISTS (SELECT FROM repair_call_told c
        WHERE c.post_id = f.listing_id AND c.actor_id = f.actor_id OFFSET 0))
    AND NOT EXISTS (SELECT FROM thread_mute t
        WHERE t.actor_id = f.actor_id AND t.root_id = coalesce(p.root_id, p.id) OFFSET 0)
"""

SAVE_TOLD = """
    UPDATE {table} SET told_at = $4::timestamptz, notification_id = $3,
        mailed_at = CASE WHEN NOT $5::boolean THEN $4::timestamptz END
    WHERE actor_id = $1 AND listing_id = ANY($2)
"""

# What a mail tells of goes into no other: it is `claimed`, and of it what is unread and not old is told.
CLAIM = """
    UPDATE {table} SET mailed_at = $2 WHERE actor_id = $1 AND told_at IS NOT NULL AND mailed_at IS NULL
"""

MAILABLE = "f.told_at > $2::timestamptz - $3::interval AND n.read_at IS NULL"

GIVE_BACK = "UPDATE {table} SET mailed_at = NULL WHERE actor_id = $1 AND listing_id = ANY($2)"


class DueLine(Protocol):
    """What is to be told to somebody in one line."""

    @property
    def actor_id(self) -> int: ...
    @property
    def listing_ids(self) -> Sequence[int]: ...
    @property
    def by_mail(self) -> bool: ...


def list_told_values(due: DueLine, notification_id: int | None, at: datetime) -> tuple[object, ...]:
    """The values of SAVE_TOLD. Without mail, or without a line, it counts as mailed."""
    return due.actor_id, due.listing_ids, notification_id, at, due.by_mail and notification_id is not None
