"""What the pages share of those who look after the cooperative: what waits for whom, and who did something.

A source of what waits is one function here in one table: the page of news and that of settings both show it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from models.moderation import reports
from models.news import news_mails
from models.people import actors, sign_ups
from models.people.accounts import Account
from models.people.roles import Right, has_right
from models.servers import waiting_posts
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWork:
    """So many things of one kind that wait for whoever has a right; the template has its words."""

    name: str
    count: int
    href: str


async def _count_reports(conn: Connection, account: Account) -> int:
    return await reports.count_open(conn, account.actor_id)


async def _count_sign_ups(conn: Connection, account: Account) -> int:
    return await sign_ups.count_waiting(conn)


async def _count_hosts(conn: Connection, account: Account) -> int:
    return await waiting_posts.count_hosts(conn)


async def _count_mails(conn: Connection, account: Account) -> int:
    return await news_mails.count_failed(conn)


SOURCES: list[tuple[str, Right, str, Callable[[Connection, Account], Awaitable[int]]]] = [
    ("reports", "reports", "/coop/signalements", _count_reports),
    ("sign_ups", "sign_ups", "/coop/demandes", _count_sign_ups),
    ("hosts", "servers", "/coop/serveurs#inconnus", _count_hosts),
    ("mails", "mails", "/coop/courriels", _count_mails),
]
"""What may wait, who settles it, where, and how many there are; the most pressing first."""


async def list_pending_work(conn: Connection, account: Account) -> list[PendingWork]:
    """What waits for this member, in the order of the table; nothing for whoever has no right."""
    counted = [
        (name, href, await count(conn, account)) for name, right, href, count in SOURCES if has_right(account, right)
    ]
    return [PendingWork(name=name, count=count, href=href) for name, href, count in counted if count]


async def find_name(conn: Connection, actor_id: int | None) -> str:
    """What somebody is called who did something; empty where she is gone."""
    found = await actors.list_by_ids(conn, [actor_id] if actor_id else [])
    return found[0].display_name if found else ""
