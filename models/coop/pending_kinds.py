"""How many kinds of things wait for somebody of the team: the mark in the bar, one statement for every page."""

from collections.abc import Mapping
from types import MappingProxyType

from models.coop import pending_parts as parts
from models.people.accounts import Account
from models.people.roles import RIGHTS, Right, has_right
from models.store.database import Connection, fetch_value
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
        "hosts": "servers",
        "servers": "servers",
        "mails": "mails",
        "chores": "operation",
        "backup": "operation",
        "disk_space": "operation",
    }
)
"""The kinds, and the right of whoever settles each."""

_COUNT = compose(
    """
    SELECT count(*) FROM unnest($3::text[]) AS kind WHERE CASE kind
        WHEN 'sign_ups' THEN EXISTS (SELECT {sign_ups})
        WHEN 'unattended' THEN EXISTS (SELECT {unattended})
        WHEN 'reports' THEN EXISTS (SELECT {reports})
        WHEN 'appeals' THEN EXISTS (SELECT {appeals})
        WHEN 'decisions' THEN EXISTS (SELECT {decisions})
        WHEN 'held_posts' THEN EXISTS (SELECT {held_posts})
        WHEN 'letters' THEN EXISTS (SELECT {letters})
        WHEN 'endings' THEN EXISTS (SELECT {endings})
        WHEN 'hosts' THEN EXISTS (SELECT {hosts})
        WHEN 'servers' THEN EXISTS (SELECT {servers})
        WHEN 'mails' THEN EXISTS (SELECT {mails})
        WHEN 'chores' THEN EXISTS (SELECT {chores})
        WHEN 'backup' THEN EXISTS (SELECT {backup})
        WHEN 'disk_space' THEN EXISTS (SELECT {disk_space})
        END
    """,
    sign_ups=parts.SIGN_UPS,
    unattended=parts.UNATTENDED,
    reports=parts.REPORTS,
    appeals=parts.APPEALS,
    decisions=parts.DECISIONS,
    held_posts=parts.HELD_POSTS,
    letters=parts.LETTERS,
    endings=parts.ENDINGS,
    hosts=parts.HOSTS,
    servers=parts.SERVERS,
    mails=parts.MAILS,
    chores=parts.CHORES,
    backup=parts.BACKUP,
    disk_space=parts.DISK_SPACE,
)


async def count(conn: Connection, account: Account) -> int:
    """How many kinds wait for her: as many lines as the home of the cooperative has. Cheap: every page of hers asks."""
    mine = [kind for kind, right in COUNTED.items() if has_right(account, right)]
    if not mine:
        return 0
    found: int = await fetch_value(conn, _COUNT, account.actor_id, sorted(RIGHTS["reports"]), mine)
    return found
