"""What may wait for the team, in one table: a source is one function, and its right says whom it is for.

The cooperative's home and the page of news both show it.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from models.coop import pending_kinds
from models.people.roles import Right, has_right
from web.pages.coop import operation_sources as operation
from web.pages.coop import people_sources as people
from web.pages.coop import storage_sources
from web.pages.coop.pending_lines import PendingLine, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSource:
    """Something that may wait: `find` answers its line, or None where nothing does."""

    name: str
    right: Right
    icon: str
    find: Callable[[Reader], Awaitable[PendingLine | None]]


def _source(name: str, icon: str, find: Callable[[Reader], Awaitable[PendingLine | None]]) -> PendingSource:
    return PendingSource(name=name, right=pending_kinds.COUNTED[name], icon=icon, find=find)


SOURCES: tuple[PendingSource, ...] = (
    _source("sign_ups", "enter", people.find_sign_ups),
    _source("reports", "flag", people.find_reports),
    _source("appeals", "message", people.find_appeals),
    _source("decisions", "agreement", people.find_decisions),
    _source("held_posts", "waiting", people.find_held_posts),
    _source("letters", "message", people.find_letters),
    _source("unattended", "enter", people.find_unattended),
    _source("endings", "date", people.find_endings),
    _source("dues", "date", people.find_dues),
    _source("repair_shops", "bike", people.find_repair_shops),
    _source("disk_space", "warning", operation.find_disk_space),
    _source("health", "warning", operation.find_health),
    _source("backup", "warning", operation.find_backup),
    _source("servers", "network", operation.find_servers),
    _source("neighbours", "network", operation.find_neighbours),
    _source("territories", "network", operation.find_territories),
    _source("hosts", "network", operation.find_hosts),
    _source("chores", "retry", operation.find_chores),
    _source("mails", "email", operation.find_mails),
    _source("figures", "list", operation.find_figures),
)
"""Everything that may wait: people first, then what keeps them from meeting."""


STORAGE: tuple[PendingSource, ...] = (
    PendingSource(name="full_disk", right="operation", icon="warning", find=storage_sources.find_full_disk),
    PendingSource(name="closed_database", right="operation", icon="warning", find=storage_sources.find_closed_database),
)
"""What waits, and stands in no table: it is looked at each time, by those alone who can settle it."""


async def list_pending(reader: Reader) -> list[tuple[PendingSource, PendingLine]]:
    """What waits for her: what keeps all else from being kept, then the table; nothing for whoever has no right."""
    waiting = await pending_kinds.list_waiting(reader.conn, reader.account)
    asked = [*_list_storage(reader, waiting), *(one for one in SOURCES if one.name in waiting)]
    found = [(one, await one.find(reader)) for one in asked]
    return [(source, line) for source, line in found if line is not None]


def _list_storage(reader: Reader, waiting: Collection[str]) -> list[PendingSource]:
    """Those of STORAGE that are hers; a full disk that was noted has its line already."""
    noted = {"full_disk"} if "disk_space" in waiting else set[str]()
    return [one for one in STORAGE if has_right(reader.account, one.right) and one.name not in noted]
