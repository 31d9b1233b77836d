"""Which kinds of things wait for somebody of the team: the mark in the bar counts them, one statement for all pages."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from models.coop.pending_parts import (
    APPEALS,
    BACKUP,
    CHORES,
    CONFIRMATIONS,
    DECISIONS,
    DISK_SPACE,
    DUES,
    ENDINGS,
    FIGURES,
    HEALTH,
    HELD_POSTS,
    HOSTS,
    LETTERS,
    MAILS,
    NEIGHBOURS,
    REPAIR_SHOPS,
    REPORTS,
    SERVERS,
    SIGN_UPS,
    TERRITORIES,
    UNATTENDED,
)
from models.people.accounts import Account
from models.people.roles import RIGHTS, Right, has_right
from models.store.database import Connection, fetch_column, fetch_records
from models.store.statements import compose

COUNTED: Mapping[str, Right] = MappingProxyType(
    {
        "sign_ups": "sign_ups",
        "unattended": "sign_ups",
        "reports": "reports",
        "appeals": "reports",
        "decisions": "reports",
        "held_posts": "reports",
        "letters": "message_requests",
        "endings": "members",
        "dues": "members",
        "repair_shops": "repair_shops",
        "neighbours": "servers",
        "territories": "servers",
        "hosts": "servers",
        "servers": "servers",
        "mails": "mails",
        "chores": "operation",
        "backup": "operation",
        "disk_space": "operation",
        "health": "operation",
        "figures": "figures",
    }
)
"""The kinds, and the right of whoever settles each."""

PERSONAL = frozenset({"reports", "appeals", "decisions", "held_posts", "endings"})
"""What does not wait alike for everybody who has the right: some have a part in it themselves."""

_WAITING = compose(
    """
    SELECT kind FROM unnest($3::text[]) AS kind CROSS JOIN (SELECT $1::bigint AS id) AS reader WHERE CASE kind
        WHEN 'sign_ups' THEN EXISTS (SELECT {sign_ups})
        WHEN 'unattended' THEN EXISTS (SELECT {unattended})
        WHEN 'reports' THEN EXISTS (SELECT {reports})
        WHEN 'appeals' THEN EXISTS (SELECT {appeals})
        WHEN 'decisions' THEN EXISTS (SELECT {decisions})
        WHEN 'held_posts' THEN EXISTS (SELECT {held_posts})
        WHEN 'letters' THEN EXISTS (SELECT {letters})
        WHEN 'endings' THEN EXISTS (SELECT {endings})
        WHEN 'dues' THEN EXISTS (SELECT {dues})
        WHEN 'repair_shops' THEN EXISTS (SELECT {repair_shops})
        WHEN 'neighbours' THEN EXISTS (SELECT {neighbours})
        WHEN 'territories' THEN EXISTS (SELECT {territories})
        WHEN 'hosts' THEN EXISTS (SELECT {hosts})
        WHEN 'servers' THEN EXISTS (SELECT {servers})
        WHEN 'mails' THEN EXISTS (SELECT {mails})
        WHEN 'chores' THEN EXISTS (SELECT {chores})
        WHEN 'backup' THEN EXISTS (SELECT {backup})
        WHEN 'disk_space' THEN EXISTS (SELECT {disk_space})
        WHEN 'health' THEN EXISTS (SELECT {health})
        WHEN 'figures' THEN EXISTS (SELECT {figures})
        END
    """,
    sign_ups=SIGN_UPS,
    unattended=UNATTENDED,
    reports=REPORTS,
    appeals=APPEALS,
    decisions=DECISIONS,
    held_posts=HELD_POSTS,
    letters=LETTERS,
    endings=ENDINGS,
    dues=DUES,
    repair_shops=REPAIR_SHOPS,
    neighbours=NEIGHBOURS,
    territories=TERRITORIES,
    hosts=HOSTS,
    servers=SERVERS,
    mails=MAILS,
    chores=CHORES,
    backup=BACKUP,
    disk_space=DISK_SPACE,
    health=HEALTH,
    figures=FIGURES,
    reader="reader.id",
)

# All kinds, and people out of the table: how many there are of either is guessed alike whatever is asked for, so that
# PostgreSQL keeps one plan. Given as lists, it made a new one each time, which took longer than all the rest.
_ABLE = compose(
    """
    SELECT kind, reader.actor_id AS id FROM account AS reader
    CROSS JOIN (VALUES ('reports'), ('appeals'), ('decisions'), ('held_posts'), ('endings')) AS known (kind)
    WHERE reader.roles <> '{}' AND reader.actor_id = ANY($1) AND CASE kind
        WHEN 'reports' THEN EXISTS (SELECT {reports})
        WHEN 'appeals' THEN EXISTS (SELECT {appeals})
        WHEN 'decisions' THEN EXISTS (SELECT {confirmations})
        WHEN 'held_posts' THEN EXISTS (SELECT {held_posts})
        WHEN 'endings' THEN EXISTS (SELECT {endings})
        END
    """,
    reports=REPORTS,
    appeals=APPEALS,
    confirmations=CONFIRMATIONS,
    held_posts=HELD_POSTS,
    endings=ENDINGS,
    reader="reader.actor_id",
)


async def list_waiting(conn: Connection, account: Account) -> list[str]:
    """The kinds of which something waits for her: the lines of the cooperative's home. Every page of hers asks."""
    mine = [kind for kind, right in COUNTED.items() if has_right(account, right)]
    return mine and await fetch_column(conn, _WAITING, account.actor_id, sorted(RIGHTS["reports"]), mine)


async def map_able(conn: Connection, kinds: Collection[str], actor_ids: Collection[int]) -> dict[str, set[int]]:
    """Of those PERSONAL among these kinds, which of these people can settle something of each."""
    wanted = PERSONAL & set(kinds)
    found = await fetch_records(conn, _ABLE, list(actor_ids), sorted(RIGHTS["reports"])) if wanted else []
    return {kind: {row["id"] for row in found if row["kind"] == kind} for kind in wanted}
