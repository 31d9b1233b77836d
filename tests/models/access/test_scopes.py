"""Scopes: which there are, and which of them cover which."""

import pytest

from models.access.scopes import SCOPES, choose, covers, covers_all, read_scopes, require_scopes
from models.errors import Invalid


def test_a_scope_covers_itself_and_its_parts() -> None:
    assert covers(["read"], "read:statuses")
    assert covers(["read:statuses"], "read:statuses")
    assert not covers(["read:statuses"], "read")
    assert not covers(["read:statuses"], "read:accounts")
    assert not covers(["read"], "write:statuses")


def test_the_old_follow_covers_follows_blocks_and_mutes_both_ways() -> None:
    assert covers_all(["follow"], ["read:follows", "write:follows", "write:blocks", "read:mutes"])
    assert not covers(["follow"], "read:statuses")
    assert not covers(["write:follows"], "follow")


def test_a_profile_is_shown_to_whoever_may_read_accounts() -> None:
    assert covers(["profile"], "profile") and covers(["read"], "profile") and covers(["read:accounts"], "profile")
    assert not covers(["read:statuses"], "profile") and not covers(["profile"], "read:accounts")


def test_scopes_are_read_with_spaces_or_plus_each_once() -> None:
    assert read_scopes(" read  write+follow read ") == ["read", "write", "follow"]


def test_without_a_word_reading_is_meant_where_it_is_registered() -> None:
    assert choose([], ["read", "write"]) == ["read"]
    assert choose([], ["write:statuses"]) == ["write:statuses"]
    assert choose(["write"], ["read", "write"]) == ["write"]


@pytest.mark.parametrize(
    "scopes", [[], ["admin:read:ip_blocks"], ["read:everything"], ["read", "READ"], ["read:"], [":read"]]
)
def test_what_is_no_scope_is_refused(scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        require_scopes(scopes)


def test_every_scope_may_be_asked_for() -> None:
    require_scopes(SCOPES)


def test_what_is_read_of_moderation_is_no_part_of_reading_and_its_parts_are() -> None:
    assert not covers(["read", "write"], "admin:read:reports")
    assert not covers(["admin:read"], "admin:write:reports") and not covers(["admin:read"], "read:accounts")
    assert covers(["admin:read"], "admin:read:reports") and covers(["admin:write"], "admin:write:accounts")
