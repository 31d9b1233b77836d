"""Notifications told as one: several who liked or shared one post, who follow or who joined, within twelve hours.

A group has no row of its own: its key names the kind, the post and the half-day, and says by that which belong to it.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace

from models.ids import HIGHEST_ID, SEQUENCE_BITS
from models.news.notification_policies import list_with_filtered
from models.news.notifications import COUNTED, Notification, NotificationPage, find, list_notifications
from models.store.database import Connection, execute, fetch_all, fetch_records

OF_PEOPLE = frozenset({"follow", "admin.sign_up"})
"""Those that are about no post."""

GROUPED = OF_PEOPLE | {"favourite", "reblog"}
"""Those that come together; all others stand alone."""

SPAN = (12 * 3600 * 1_000_000) << SEQUENCE_BITS
"""Ids of twelve hours."""

SAMPLE = 8
"""People of a group that are named with it, the last first."""

SCANNED = 500
MOST_SCANNED = 4000
"""Notifications looked at in one go, and for one page: if more belong to one group, the page ends early."""

ALONE = "ungrouped"

Read = Callable[[Connection, int, NotificationPage], Awaitable[list[Notification]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationGroup:
    """What is told as one. `page` are those that stand on the asked page, newest first; the rest is of the whole."""

    key: str
    type: str
    post_id: int | None
    count: int
    newest_id: int
    actor_ids: tuple[int, ...]
    page: tuple[Notification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdRange:
    """What a key names: ids from `lowest` to `highest`, of one kind and about one post; or of one notification."""

    lowest: int
    highest: int
    type: str | None = None
    post_id: int | None = None


def write_key(one: Notification, grouped: Collection[str] = GROUPED) -> str:
    """The key of the group that this belongs to, where the reader takes these types as groups."""
    if one.type not in GROUPED or one.type not in grouped:
        return f"{ALONE}-{one.id}"
    post = "" if one.post_id is None else f"-{one.post_id}"
    return f"{one.type}{post}-{one.id // SPAN}"


def read_key(key: str) -> IdRange | None:
    """What a key names, or None for what is none."""
    type, *numbers = key.split("-")
    if not numbers or not all(_is_number(one) for one in numbers):
        return None
    if type == ALONE and len(numbers) == 1:
        return _within(IdRange(lowest=int(numbers[0]), highest=int(numbers[0])))
    if type not in GROUPED or len(numbers) != (1 if type in OF_PEOPLE else 2):
        return None
    lowest, post_id = int(numbers[-1]) * SPAN, int(numbers[0]) if len(numbers) == 2 else None
    return _within(IdRange(lowest=lowest, highest=lowest + SPAN - 1, type=type, post_id=post_id))


def _is_number(text: str) -> bool:
    """Whether it may be an id, or counts half-days: no sign, no digits of other scripts, no more than an id has."""
    return text.isascii() and text.isdigit() and len(text) <= 19


def _within(span: IdRange) -> IdRange | None:
    """The span, unless the database can hold no such ids."""
    return span if max(span.highest, span.post_id or 0) <= HIGHEST_ID else None


async def list_groups(
    conn: Connection,
    recipient_id: int,
    wanted: NotificationPage,
    grouped: Collection[str] = GROUPED,
    *,
    filtered: bool = False,
) -> list[NotificationGroup]:
    """The newest groups first, `wanted.limit` at most; its cursors are those of single notifications.

    With `wanted.after` those just above it. With `filtered` also what waits apart, and groups are what is on the page.
    """
    found = await _scan(conn, recipient_id, wanted, grouped, list_with_filtered if filtered else list_notifications)
    if filtered:
        totals = [(len(page), max(one.id for one in page), _name_people(page)) for page in found.values()]
    else:
        totals = await _count(conn, recipient_id, [span for key in found if (span := read_key(key)) is not None])
    groups = [
        NotificationGroup(
            key=key,
            type=page[0].type,
            post_id=page[0].post_id,
            count=total[0],
            newest_id=total[1],
            actor_ids=total[2],
            page=tuple(sorted(page, key=lambda one: -one.id)),
        )
        for (key, page), total in zip(found.items(), totals, strict=True)
        if total[0]
    ]
    return sorted(groups, key=lambda group: -group.page[0].id)


async def find_group(conn: Connection, recipient_id: int, key: str) -> NotificationGroup | None:
    """One group of this person's; None for what is hers no more, or was never."""
    span = read_key(key)
    [(count, newest_id, actor_ids)] = await _count(conn, recipient_id, [span]) if span else [(0, 0, ())]
    newest = await find(conn, newest_id) if count else None
    if newest is None:
        return None
    return NotificationGroup(
        key=key,
        type=newest.type,
        post_id=newest.post_id,
        count=count,
        newest_id=newest_id,
        actor_ids=actor_ids,
        page=(newest,),
    )


async def list_members(
    conn: Connection, recipient_id: int, span: IdRange, *, before: int | None, after: int | None, limit: int
) -> list[Notification]:
    """The notifications of a group, newest first."""
    return await fetch_all(
        conn,
        Notification,
        """
        SELECT id, recipient_id, type, actor_id, post_id, created_at, read_at FROM shown_notification
        WHERE recipient_id = $1 AND id BETWEEN $2 AND $3 AND ($4::text IS NULL OR type = $4)
            AND ($5::bigint IS NULL OR post_id = $5) AND ($6::bigint IS NULL OR id < $6)
            AND ($7::bigint IS NULL OR id > $7)
        ORDER BY id DESC LIMIT $8
        """,
        recipient_id,
        span.lowest,
        span.highest,
        span.type,
        span.post_id,
        before,
        after,
        limit,
    )


async def dismiss_group(conn: Connection, recipient_id: int, span: IdRange) -> None:
    """Remove all that belong to a group of this person's."""
    await execute(
        conn,
        """
        DELETE FROM notification WHERE recipient_id = $1 AND id BETWEEN $2 AND $3
            AND ($4::text IS NULL OR type = $4) AND ($5::bigint IS NULL OR post_id = $5)
        """,
        recipient_id,
        span.lowest,
        span.highest,
        span.type,
        span.post_id,
    )


async def count_unread_groups(
    conn: Connection, recipient_id: int, wanted: NotificationPage, grouped: Collection[str] = GROUPED
) -> int:
    """How many groups hold something unread (as `notifications.count_unread`); at most `wanted.limit`."""
    rows = await fetch_all(
        conn,
        Notification,
        """
        SELECT id, recipient_id, type, actor_id, post_id, created_at, read_at FROM shown_notification
        WHERE recipient_id = $1 AND read_at IS NULL
            AND id > coalesce((SELECT last_read_id FROM marker
                WHERE actor_id = $1 AND timeline = 'notifications'), 0)
            AND (cardinality($2::text[]) = 0 OR type = ANY($2)) AND NOT type = ANY($3::text[])
            AND ($4::bigint IS NULL OR actor_id = $4)
        ORDER BY id DESC LIMIT $5
        """,
        recipient_id,
        list(wanted.types),
        list(wanted.excluded),
        wanted.actor_id,
        COUNTED,
    )
    return min(wanted.limit, len({write_key(one, grouped) for one in rows}))


def _name_people(page: Sequence[Notification]) -> tuple[int, ...]:
    newest = sorted(page, key=lambda one: -one.id)
    return tuple(dict.fromkeys(one.actor_id for one in newest))[:SAMPLE]


async def _scan(
    conn: Connection, recipient_id: int, wanted: NotificationPage, grouped: Collection[str], read: Read
) -> dict[str, list[Notification]]:
    """The members of the first groups of a page, read onward until one more group would begin."""
    found: dict[str, list[Notification]] = {}
    upwards, page = wanted.after is not None, replace(wanted, limit=SCANNED)
    for _ in range(MOST_SCANNED // SCANNED):
        batch = await read(conn, recipient_id, page)
        for one in reversed(batch) if upwards else batch:
            key = write_key(one, grouped)
            if key not in found and len(found) == wanted.limit:
                return found
            found.setdefault(key, []).append(one)
        if len(batch) < SCANNED:
            return found
        page = replace(page, after=batch[0].id) if upwards else replace(page, before=batch[-1].id)
    return found


async def _count(
    conn: Connection, recipient_id: int, spans: Sequence[IdRange]
) -> list[tuple[int, int, tuple[int, ...]]]:
    """Of each span, in their order: how many are shown, the newest's id, and the last people, each once."""
    rows = await fetch_records(
        conn,
        """
        SELECT total.count, total.newest, total.actor_ids
        FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[]) WITH ORDINALITY
            AS span (lowest, highest, type, post_id, place)
        CROSS JOIN LATERAL (
            SELECT count(*) AS count, coalesce(max(n.id), 0) AS newest,
                coalesce((array_agg(n.actor_id ORDER BY n.id DESC))[1:$6], '{}') AS actor_ids
            FROM shown_notification n
            WHERE n.recipient_id = $1 AND n.id BETWEEN span.lowest AND span.highest
                AND (span.type IS NULL OR n.type = span.type) AND (span.post_id IS NULL OR n.post_id = span.post_id)
        ) AS total
        ORDER BY span.place
        """,
        recipient_id,
        [span.lowest for span in spans],
        [span.highest for span in spans],
        [span.type for span in spans],
        [span.post_id for span in spans],
        SAMPLE,
    )
    return [(row["count"], row["newest"], tuple(dict.fromkeys(row["actor_ids"]))) for row in rows]
