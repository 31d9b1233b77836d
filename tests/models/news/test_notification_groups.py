"""The keys of groups of notifications: what belongs together, and what is no key."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.ids import make_id
from models.news.notification_groups import SPAN, IdRange, read_key, write_key
from models.news.notifications import Notification

NOON = datetime(2026, 11, 27, 12, 1, tzinfo=UTC)


def make(type: Any, moment: datetime = NOON, post_id: int | None = 7) -> Notification:
    return Notification(
        id=make_id(moment),
        recipient_id=1,
        type=type,
        actor_id=2,
        post_id=post_id,
        created_at=moment,
        read_at=None,
    )


def test_likes_of_one_post_within_half_a_day_belong_together() -> None:
    evening, next_day = NOON.replace(hour=23), NOON.replace(day=28)

    keys = [write_key(make("favourite", moment)) for moment in (NOON, evening, next_day)]

    assert keys[0] == keys[1] != keys[2]
    assert keys[0] not in {write_key(make("reblog")), write_key(make("favourite", post_id=8))}


def test_a_key_names_all_that_it_was_written_for() -> None:
    for one in (make("favourite"), make("reblog"), make("follow", post_id=None), make("mention")):
        span = read_key(write_key(one))

        assert span is not None and span.lowest <= one.id <= span.highest
        assert (span.type, span.post_id) in {(one.type, one.post_id), (None, None)}
    assert read_key("follow-3") == IdRange(lowest=3 * SPAN, highest=4 * SPAN - 1, type="follow")


def test_what_a_client_does_not_take_as_a_group_stands_alone() -> None:
    like = make("favourite")

    assert write_key(like, {"follow", "mention"}) == f"ungrouped-{like.id}" == write_key(replace(like, type="update"))


@pytest.mark.parametrize(
    "key",
    [
        *("", "favourite", "favourite-", "favourite-1", "favourite-1-2-3", "follow-1-2", "mention-1-2"),
        *("ungrouped-1-2", "follow-9999999999999999999", "ungrouped-9999999999999999999", "follow-x", "follow-²"),
        *("favourite-9999999999999999999-1", "-1-1", "ungrouped-12345678901234567890"),
    ],
)
def test_what_is_no_key_names_nothing(key: str) -> None:
    assert read_key(key) is None
