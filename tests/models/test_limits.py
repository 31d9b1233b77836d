"""Every limit on how often something may be done: its number, its window, and what it does at its edge."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import limits
from models.limits import TRIES, Limit, for_clients
from models.store.limit_memory import MemoryCounter
from web.rendering.error_messages.lookup import SENTENCES

ALONE = [value for value in vars(limits).values() if isinstance(value, Limit)]

IN_MEMORY = [limit for limit in ALONE if limit.store in ("memory", "shared")]

MINUTE, WINDOW, HOUR, DAY = 60, 300, 3600, 86_400

NUMBERS = {
    "unproven posts of": (600, MINUTE),
    "posts of": (600, MINUTE),
    "wrong signatures of": (300, MINUTE),
    "keys of": (30, MINUTE),
    "documents of": (300, MINUTE),
    "told documents of": (30, MINUTE),
    "forwarded documents of": (30, MINUTE),
    "handles of": (30, MINUTE),
    "redirects to": (30, MINUTE),
    "stream messages of": (100, MINUTE),
    "reads of network": (300, WINDOW),
    "reads of server": (300, WINDOW),
    "requests of account": (1500, WINDOW),
    "requests of address": (300, WINDOW),
    "wrong tokens of": (301, WINDOW),
    "pages of member": (1500, WINDOW),
    "pages of address": (600, WINDOW),
    "repair calls told": (3, DAY),
    "repair calls told of host": (30, DAY),
    "scheduled statuses": (25, DAY),
    "frame numbers asked by": (10, DAY),
    "frame numbers asked here": (100, DAY),
    "frame numbers asked of us by": (100, DAY),
    "front probes": (1, HOUR),
    "policy reports of": (10, MINUTE),
    "policy reports": (60, MINUTE),
    "looks asked of": (6, DAY),
    "looks asked of us by": (10, DAY),
    "messages sent by mail": (5, DAY),
    "requests": (20, DAY),
    "reports of host": (20, DAY),
    "quotes of host": (10, DAY),
    "hosts vouched for": (10, DAY),
    "listings of unknown hosts": (20, HOUR),
    "mails about unknown hosts": (1, DAY),
    "invitation mails": (300, DAY),
}

TRIED = {
    "login": (10, 100, 100, 900),
    "mail": (5, 8, 60, HOUR),
    "register": (30, 1_000, 60, HOUR),
    "second": (10, 30, 100, 900),
    "passkey": (100, 10_000, 100, 900),
    "guest": (5, 8, 20, HOUR),
    "guest_listing": (10, 40, 1_000, HOUR),
    "guest_ask": (30, 30, 300, HOUR),
    "guest_write": (30, 30, 300, HOUR),
    "passing_call": (10, 10, 10, 86_400),
    "passing_calls_here": (10, 60, 10, 86_400),
    "report": (20, 20, 100, HOUR),
    "visitor_report": (5, 1000, 5, HOUR),
    "receipt": (3, 3, 5, HOUR),
    "app": (60, 2_000, 60, HOUR),
    "token": (60, 1_000, 300, 900),
    "territory": (10, 10, 100, 86_400),
}

OF_PROGRAMS = {"429", "1008", "Reject", "hour"}
"""What programs are answered, and what the page of unknown hosts says of those that are refused."""


class Clock:
    """A clock that is set by hand, at the beginning of a window."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counter(clock: Clock) -> MemoryCounter:
    return MemoryCounter(clock)


def spend(counter: MemoryCounter, limit: Limit, times: int, key: str = "a.test") -> int:
    """How many of so many were allowed."""
    return sum(counter.spend(limit, key) for _ in range(times))


def test_the_table_has_these_limits_and_no_others() -> None:
    assert {limit.name: (limit.most, limit.seconds) for limit in ALONE} == NUMBERS
    assert {
        action: (tries.pair.most, tries.name.most, tries.network.most, tries.pair.seconds)
        for action, tries in TRIES.items()
    } == TRIED
    assert all({limit.within for limit in tries.all} == {tries.pair.within} for tries in TRIES.values())


def test_no_two_limits_share_a_count() -> None:
    names = [limit.name for limit in ALONE] + [limit.name for tries in TRIES.values() for limit in tries.all]

    assert len(names) == len(set(names))


def test_what_the_refused_are_told_can_be_said() -> None:
    told = {limit.refused for limit in ALONE} | {tries.pair.refused for tries in TRIES.values()}

    assert told - {""} - OF_PROGRAMS <= set(SENTENCES)


@pytest.mark.parametrize("limit", IN_MEMORY, ids=lambda limit: limit.name)
def test_the_last_is_allowed_and_the_first_above_is_refused_until_the_window_is_over(
    limit: Limit, counter: MemoryCounter, clock: Clock
) -> None:
    assert spend(counter, limit, limit.most) == limit.most
    assert not counter.spend(limit, "a.test")
    assert limit.keys == 1 or counter.spend(limit, "b.test")

    clock.now += limit.seconds - 1
    assert not counter.spend(limit, "a.test")

    clock.now += 2
    assert spend(counter, limit, limit.most + 1) == limit.most


def test_clients_have_shares_of_one_number() -> None:
    given = for_clients(1500)

    assert given == for_clients(limits.APP_REQUESTS.most)
    assert (given.app, given.address, given.wrong_tokens, given.member, given.visitor) == (
        limits.APP_REQUESTS,
        limits.ADDRESS_REQUESTS,
        limits.WRONG_TOKENS,
        limits.MEMBER_PAGES,
        limits.VISITOR_PAGES,
    )
    few = for_clients(4)
    assert [one.most for one in (few.app, few.address, few.wrong_tokens, few.member, few.visitor)] == [4, 1, 1, 4, 2]


def test_b14_the_turn_of_a_minute_gives_nobody_two_limits(counter: MemoryCounter, clock: Clock) -> None:
    clock.now -= 0.5

    asked = []
    for _ in range(240):
        asked.append(spend(counter, limits.KEY_FETCHES, 60))
        clock.now += 0.5

    assert max(sum(asked[start : start + 120]) for start in range(120)) == 30


def test_a_limit_by_the_clock_says_when_it_ends(counter: MemoryCounter, clock: Clock) -> None:
    clock.now += 20.5

    assert counter.seconds_left(limits.APP_REQUESTS) == 279.5
    assert counter.window(limits.APP_REQUESTS) == 1_800_000_000


def test_a_clock_that_is_set_back_keeps_nobody_out(counter: MemoryCounter, clock: Clock) -> None:
    for limit in (limits.KEY_FETCHES, limits.APP_REQUESTS):
        spend(counter, limit, limit.most)

    clock.now -= 3600

    assert counter.spend(limits.KEY_FETCHES, "a.test") and counter.spend(limits.APP_REQUESTS, "a.test")


def test_what_is_given_back_can_be_spent_again(counter: MemoryCounter, clock: Clock) -> None:
    limit = replace(limits.KEY_FETCHES, most=2)
    counter.give_back(limit, "a.test")

    assert spend(counter, limit, 3) == 2
    clock.now += 1
    counter.give_back(limit, "a.test")

    assert spend(counter, limit, 2) == 1
    assert counter.used(limit, "a.test") == 2


def test_b38_a_hundred_thousand_names_leave_the_counts_small(counter: MemoryCounter) -> None:
    limit = replace(limits.NETWORK_READS, keys=4096)
    spend(counter, limit, 20, "busy")

    for number in range(100_000):
        counter.spend(limit, str(number))

    assert counter.size(limit) <= 4096
    assert counter.used(limit, "busy") == 20
    assert counter.list_unreported(limit, most=500) == {"busy": 20}


def test_every_limit_in_memory_is_bounded() -> None:
    assert all(limit.keys <= 4096 for limit in IN_MEMORY if limit.within == timedelta(minutes=1))
    assert sum(limit.keys for limit in IN_MEMORY) <= 100_000


def test_what_is_over_takes_no_room(counter: MemoryCounter, clock: Clock) -> None:
    spend(counter, limits.NETWORK_READS, 3)

    clock.now += 300
    counter.list_unreported(limits.NETWORK_READS, most=10)

    assert counter.size(limits.NETWORK_READS) == 0
