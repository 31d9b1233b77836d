"""Notifications that are told as one, as GroupedNotificationsResults: people and posts once each, groups name them."""

from collections.abc import Iterable, Sequence

from models.news.notification_groups import NotificationGroup
from models.store.database import Connection
from web.api.entities.notifications import AS, DETAILED, WITHOUT_STATUS, load_details, load_people, load_visible
from web.api.entities.values import EntityContext, Json, write_moment

PARTIAL = ("id", "acct", "url", "avatar", "avatar_static", "locked", "bot")
"""What is left of those people of whom only the picture is wanted."""


async def load_groups(
    conn: Connection, look: EntityContext, groups: Sequence[NotificationGroup], reader_id: int, *, partial: bool = False
) -> Json:
    """These groups, without those whose people or post are gone or not to be seen any more.

    With `partial` only the last person of each group is whole.
    """
    details = await load_details(conn, look, [group.page[0] for group in groups], reader_id)
    accounts = await load_people(conn, look, _list_people(groups)) | _list_told(details.values())
    statuses = await load_visible(conn, look, [group.post_id for group in groups], reader_id)
    built = [(group, _build(group, accounts, statuses, details.get(group.newest_id))) for group in groups]
    shown = [(group, value) for group, value in built if value is not None]
    used = {group.post_id for group, _ in shown}
    value: Json = {
        "accounts": [],
        "statuses": [status for id, status in statuses.items() if id in used],
        "notification_groups": [value for _, value in shown],
    }
    return value | _list_named(value["notification_groups"], accounts, partial=partial)


def _list_named(groups: Sequence[Json], accounts: dict[int, Json], *, partial: bool) -> Json:
    """The people whom these groups name; with `partial`, of those who are the last of none only the picture."""
    named = [accounts[int(id)] for id in dict.fromkeys(id for group in groups for id in group["sample_account_ids"])]
    if not partial:
        return {"accounts": named}
    last = {group["sample_account_ids"][0] for group in groups}
    return {
        "accounts": [one for one in named if one["id"] in last],
        "partial_accounts": [_shorten(one) for one in named if one["id"] not in last],
    }


def _shorten(account: Json) -> Json:
    return {name: account[name] for name in PARTIAL}


def add_page_ids(value: Json, groups: Sequence[NotificationGroup]) -> Json:
    """The same with what of each group stands on the asked page."""
    by_key = {group.key: group.page for group in groups}
    return value | {
        "notification_groups": [
            one
            | {
                "page_min_id": str(by_key[one["group_key"]][-1].id),
                "page_max_id": str(by_key[one["group_key"]][0].id),
                "latest_page_notification_at": write_moment(by_key[one["group_key"]][0].created_at),
            }
            for one in value["notification_groups"]
        ]
    }


def _list_people(groups: Sequence[NotificationGroup]) -> list[int]:
    return list(dict.fromkeys(id for group in groups for id in group.actor_ids))


def _list_told(details: Iterable[Json]) -> dict[int, Json]:
    """Who reported, where that is known here, and the reader herself about whom something was decided."""
    return {int(one["account"]["id"]): one["account"] for one in details if "account" in one}


def _build(
    group: NotificationGroup, accounts: dict[int, Json], statuses: dict[int, Json], details: Json | None
) -> Json | None:
    people = [str(id) for id in group.actor_ids if id in accounts]
    if not people or (group.type not in WITHOUT_STATUS and group.post_id not in statuses):
        return None
    value: Json = {
        "group_key": group.key,
        "notifications_count": group.count,
        "type": AS.get(group.type, group.type),
        "most_recent_notification_id": str(group.newest_id),
        "sample_account_ids": people,
    }
    if group.type in DETAILED:
        return None if details is None else value | _build_details(details)
    return value if group.post_id is None else value | {"status_id": str(group.post_id)}


def _build_details(details: Json) -> Json:
    """What is reported or was decided, and whom it names."""
    named = {"sample_account_ids": [details["account"]["id"]]} if "account" in details else {}
    return {name: value for name, value in details.items() if name != "account"} | named
