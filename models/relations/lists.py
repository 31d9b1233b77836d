"""Lists that a member makes of people whom she follows; nobody else knows of them."""

from dataclasses import dataclass
from typing import Literal

from models.errors import Invalid, NotFound
from models.ids import make_id
from models.people import accounts
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

RepliesPolicy = Literal["followed", "list", "none"]

MOST_LISTS = 50
MOST_MEMBERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingList:
    """Some people to read by themselves, with an `exclusive` one in the list alone and not at home."""

    id: int
    owner_id: int
    title: str
    replies_policy: RepliesPolicy
    exclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMember:
    """Somebody on a list; `id` is the membership's."""

    id: int
    actor_id: int


async def create(
    conn: Connection, owner_id: int, *, title: str, replies_policy: RepliesPolicy, exclusive: bool
) -> ReadingList:
    """A new list, still without people. Raises Invalid where there are too many."""
    await accounts.lock_account(conn, owner_id)
    if len(await list_owned(conn, owner_id)) >= MOST_LISTS:
        raise Invalid("too_many_lists", most=MOST_LISTS)
    made = await fetch_one(
        conn,
        ReadingList,
        """
        INSERT INTO list (id, owner_id, title, replies_policy, exclusive) VALUES ($1, $2, $3, $4, $5)
        RETURNING id, owner_id, title, replies_policy, exclusive
        """,
        make_id(),
        owner_id,
        title,
        replies_policy,
        exclusive,
    )
    assert made is not None
    return made


async def get(conn: Connection, owner_id: int, id: int | None) -> ReadingList:
    """This list of this member. Raises NotFound, for other people's too."""
    found = await fetch_one(
        conn,
        ReadingList,
        "SELECT id, owner_id, title, replies_policy, exclusive FROM list WHERE id = $1 AND owner_id = $2",
        id,
        owner_id,
    )
    if found is None:
        raise NotFound
    return found


async def list_owned(conn: Connection, owner_id: int) -> list[ReadingList]:
    """Somebody's lists, the oldest first."""
    return await fetch_all(
        conn,
        ReadingList,
        "SELECT id, owner_id, title, replies_policy, exclusive FROM list WHERE owner_id = $1 ORDER BY id",
        owner_id,
    )


async def list_with(conn: Connection, owner_id: int, actor_id: int) -> list[ReadingList]:
    """Those of somebody's lists on which this actor is."""
    return await fetch_all(
        conn,
        ReadingList,
        """
        SELECT l.id, l.owner_id, l.title, l.replies_policy, l.exclusive
        FROM list l JOIN list_member m ON m.list_id = l.id
        WHERE l.owner_id = $1 AND m.actor_id = $2 ORDER BY l.id
        """,
        owner_id,
        actor_id,
    )


async def save(conn: Connection, changed: ReadingList) -> None:
    """Keep a list as it is now called and read."""
    await execute(
        conn,
        "UPDATE list SET title = $2, replies_policy = $3, exclusive = $4 WHERE id = $1",
        changed.id,
        changed.title,
        changed.replies_policy,
        changed.exclusive,
    )


async def delete(conn: Connection, id: int) -> None:
    """Give a list up; nobody is followed less for it."""
    await execute(conn, "DELETE FROM list WHERE id = $1", id)


async def list_members(
    conn: Connection, list_id: int, *, before: int | None = None, after: int | None = None, limit: int | None = 40
) -> list[ListMember]:
    """Who is on a list, the last added first, by keyset on the membership; all of them with `limit=None`."""
    return await fetch_all(
        conn,
        ListMember,
        """
        SELECT id, actor_id FROM list_member
        WHERE list_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        list_id,
        before,
        after,
        limit,
    )


async def add(conn: Connection, to: ReadingList, actor_ids: list[int]) -> None:
    """Put people on a list, all or nobody.

    Raises NotFound for whom its owner does not follow, Invalid for who is there already and for too many.
    """
    await accounts.lock_account(conn, to.owner_id)
    held: int = await fetch_value(conn, "SELECT count(*) FROM list_member WHERE list_id = $1", to.id)
    if held + len(actor_ids) > MOST_MEMBERS:
        raise Invalid("too_many_list_members", most=MOST_MEMBERS)
    followed: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM follow
        WHERE follower_id = $1 AND followed_id = ANY($2) AND state IN ('accepted', 'pending')
        """,
        to.owner_id,
        actor_ids,
    )
    if followed < len(actor_ids):
        raise NotFound("list_member_not_followed")
    added = await execute(
        conn,
        """
        INSERT INTO list_member (id, list_id, actor_id, follow_id)
        SELECT new.id, $1, new.actor_id, f.id FROM unnest($3::bigint[], $4::bigint[]) AS new (id, actor_id)
        JOIN follow f ON f.follower_id = $2 AND f.followed_id = new.actor_id
        ON CONFLICT (list_id, actor_id) DO NOTHING
        """,
        to.id,
        to.owner_id,
        [make_id() for _ in actor_ids],
        actor_ids,
    )
    if added < len(actor_ids):
        raise Invalid("list_member_exists")


async def remove(conn: Connection, list_id: int, actor_ids: list[int]) -> None:
    """Take people off a list; who is not on it does not matter."""
    await execute(conn, "DELETE FROM list_member WHERE list_id = $1 AND actor_id = ANY($2)", list_id, actor_ids)
