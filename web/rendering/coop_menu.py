"""The menu of the administration as one reader has it: the rooms that open for her, in her language."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.exchanges.points import Currency
from models.people.accounts import Account
from models.people.roles import has_right
from web.rendering.coop_rooms import GROUPS, MENU, Group, MenuEntry
from web.rendering.i18n import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One entry as it stands for a reader, in her language; `current` is where she is."""

    path: str
    icon: str
    words: str
    sentence: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomGroup:
    """The rooms of one group that open for a reader; `name` is "" for the home itself."""

    name: str
    rooms: list[Room]


def list_rooms(
    account: Account, say: Say, *, here: str, routes: Collection[str], currency: Currency | None
) -> list[RoomGroup]:
    """The groups with the rooms that open for her; `routes` are the paths that the application has."""
    entries = [one for one in MENU if one.path in routes and _opens(one, account, currency)]
    nearest = _find_nearest(here.partition("?")[0], entries)
    many = currency.many if currency is not None else ""
    rooms: dict[Group, list[Room]] = {}
    for one in entries:
        rooms.setdefault(one.group, []).append(_make_room(one, say, many, current=one.path == nearest))
    return [RoomGroup(name=name and say(name), rooms=rooms[group]) for group, name in GROUPS.items() if group in rooms]


def _find_nearest(path: str, entries: Sequence[MenuEntry]) -> str:
    """The room in which this page stands, or that which leads to it."""
    return max((one.path for one in entries if f"{path}/".startswith(f"{one.path}/")), key=len, default="")


def _make_room(entry: MenuEntry, say: Say, many: str, *, current: bool) -> Room:
    return Room(
        path=entry.path,
        icon=entry.icon,
        words=say(entry.words, many=many),
        sentence=say(entry.sentence),
        current=current,
    )


def _opens(entry: MenuEntry, account: Account, currency: Currency | None) -> bool:
    if entry.with_points and currency is None:
        return False
    return has_right(account, entry.right)
