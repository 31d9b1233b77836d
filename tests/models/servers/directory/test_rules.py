"""The six rules of admission, one by one, on the pure functions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.domains import find_domain
from models.servers.directory.rules import judge
from models.servers.directory.values import THRESHOLDS, Credit, Evidence, Reason, Territory, Verdict, Vouch

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)

FRIEND, OTHER, CARVIN = "henin.example", "lens.example", "carvin.example"


def territory(host: str, **changes: Any) -> Territory:
    """One in which all is in order, but that nobody vouches for."""
    values: dict[str, Any] = {
        "host": host,
        "domain": find_domain(host),
        "first_seen_at": LONG_AGO,
        "proven_at": NOW - timedelta(hours=3),
        "problem": None,
        "area_km": 0.5,
        "radius_km": 10.0,
        "proposals": 3,
    }
    return Territory(**(values | changes))


def friend(host: str, **changes: Any) -> Territory:
    """One that our administrators vouch for."""
    return territory(host, vouched=True, **changes)


def vouch(voucher: str, host: str, days: int = 100) -> Vouch:
    """Seen for so many days."""
    return Vouch(voucher=voucher, host=host, since=NOW - timedelta(days=days))


TWO_VOUCHES = (vouch(FRIEND, CARVIN), vouch(OTHER, CARVIN))


def look(*territories: Territory, vouches: tuple[Vouch, ...] = TWO_VOUCHES, **more: Any) -> dict[str, Verdict]:
    """The map that these make, seen from a server in France."""
    given: dict[str, Any] = {"strikes": {}, "area_km": 30.0, "at": NOW}
    return judge(Evidence(territories=territories, vouches=vouches, **(given | more)))


def look_at_carvin(*vouches: Vouch, **changes: Any) -> Verdict:
    """Carvin with these changes, beside two friends who vouch for it."""
    carvin = territory(CARVIN, **changes)
    return look(friend(FRIEND), friend(OTHER), carvin, vouches=(*TWO_VOUCHES, *vouches))[CARVIN]


def test_who_is_vouched_for_by_two_friends_is_on_the_map() -> None:
    found = look_at_carvin()

    assert found == Verdict(accepted=True, hop=2, vouchers=(FRIEND, OTHER))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"problem": Reason.ORIGIN}, Reason.ORIGIN),
        ({"problem": Reason.KEY}, Reason.KEY),
        ({"problem": Reason.PROTOCOL}, Reason.PROTOCOL),
        ({"problem": Reason.UNLISTED}, Reason.UNLISTED),
        ({"problem": Reason.UNREACHABLE}, Reason.UNREACHABLE),
        ({"area_km": None}, Reason.NOWHERE),
        ({"area_km": 31.0}, Reason.FAR),
        ({"radius_km": 150.1}, Reason.WIDE),
        ({"proposals": 2}, Reason.PROPOSALS),
        ({"first_seen_at": NOW - timedelta(days=13)}, Reason.AGE),
        ({"proven_at": NOW - timedelta(days=30)}, Reason.SILENT),
        ({"removed": True}, Reason.REMOVED),
    ],
)
def test_each_rule_holds_back_by_itself(changes: dict[str, Any], reason: Reason) -> None:
    found = look_at_carvin(**changes)

    assert (found.accepted, found.reason) == (False, reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"area_km": 30.0},
        {"radius_km": 150.0},
        {"proposals": 3},
        {"first_seen_at": NOW - timedelta(days=14)},
        {"proven_at": NOW - timedelta(days=29)},
    ],
)
def test_a_threshold_itself_is_enough(changes: dict[str, Any]) -> None:
    assert look_at_carvin(**changes).accepted


def test_our_own_word_stands_above_age_domain_and_proposals_and_no_other_rule() -> None:
    young = friend("new.henin.example", first_seen_at=NOW, proposals=0)
    broken = friend("broken.example", problem=Reason.ORIGIN)
    wide = friend("wide.example", radius_km=400.0)

    found = look(friend(FRIEND), young, broken, wide, vouches=())

    assert found[young.host] == Verdict(accepted=True, hop=1)
    assert (found["broken.example"].reason, found["wide.example"].reason) == (Reason.ORIGIN, Reason.WIDE)


def test_the_word_of_one_friend_is_not_enough() -> None:
    found = look(friend(FRIEND), friend(OTHER), territory(CARVIN), vouches=(vouch(FRIEND, CARVIN),))

    assert found[CARVIN].reason is Reason.ONE_VOUCHER


def test_the_word_of_those_who_are_not_on_the_map_counts_nothing() -> None:
    found = look(territory(FRIEND), territory(OTHER), territory(CARVIN))

    assert [verdict.reason for verdict in found.values()] == [Reason.UNVOUCHED] * 3


def test_two_names_of_one_domain_have_one_word() -> None:
    second = "b.henin.example"

    found = look(
        friend(FRIEND), friend(second), territory(CARVIN), vouches=(vouch(FRIEND, CARVIN), vouch(second, CARVIN))
    )

    assert found[CARVIN].reason is Reason.SAME_DOMAIN


@pytest.mark.parametrize(("days", "reason"), [(29, Reason.DEPENDENT), (30, None)])
def test_who_began_to_vouch_for_the_other_lately_does_not_speak_independently(days: int, reason: Reason | None) -> None:
    found = look_at_carvin(vouch(OTHER, FRIEND, days))

    assert found.reason is reason


def test_a_third_voucher_makes_up_for_a_dependent_pair() -> None:
    third = "douai.example"
    vouches = (*TWO_VOUCHES, vouch(third, CARVIN), vouch(FRIEND, OTHER, 2), vouch(FRIEND, third, 2))

    found = look(friend(FRIEND), friend(OTHER), friend(third), territory(CARVIN), vouches=vouches)

    assert found[CARVIN].vouchers == (third, OTHER) or found[CARVIN].vouchers == (OTHER, third)


def test_weight_is_halved_with_each_hop() -> None:
    """Two at the second hop weigh ¼ each, which is enough; two at the third, ⅛ each, are not."""
    friends = [friend(f"f{number}.example") for number in range(2)]
    rings = [[territory(f"r{ring}n{number}.example") for number in range(2)] for ring in range(3)]
    vouches = [
        vouch(low.host, high.host)
        for lower, upper in zip([friends, *rings], rings, strict=False)
        for low in lower
        for high in upper
    ]

    found = look(*friends, *(one for ring in rings for one in ring), vouches=tuple(vouches))

    assert [found[ring[0].host].hop for ring in rings[:2]] == [2, 3]
    assert found[rings[2][0].host].reason is Reason.WEIGHT


def test_a_voucher_brings_only_so_many_a_month() -> None:
    brought = [
        Credit(voucher=FRIEND, host=f"c{n}.example", at=NOW - timedelta(days=n))
        for n in range(THRESHOLDS.entries_a_month)
    ]
    older = tuple(Credit(voucher=one.voucher, host=one.host, at=one.at - timedelta(days=30)) for one in brought)
    territories = friend(FRIEND), friend(OTHER), territory(CARVIN)

    assert look(*territories, credits=tuple(brought))[CARVIN].reason is Reason.QUOTA
    assert look(*territories, credits=older)[CARVIN].accepted


def test_of_many_at_once_only_so_many_get_in() -> None:
    many = [territory(f"c{number}.example") for number in range(10)]
    vouches = tuple(vouch(voucher, one.host) for one in many for voucher in (FRIEND, OTHER))

    found = look(friend(FRIEND), friend(OTHER), *many, vouches=vouches)

    assert sum(found[one.host].accepted for one in many) == THRESHOLDS.entries_a_month


def test_of_a_domain_the_first_comer_is_on_the_map() -> None:
    second = territory("b.carvin.example", first_seen_at=LONG_AGO + timedelta(days=1))
    vouches = (*TWO_VOUCHES, vouch(FRIEND, second.host), vouch(OTHER, second.host))

    found = look(friend(FRIEND), friend(OTHER), second, territory(CARVIN), vouches=vouches)

    assert (found[CARVIN].accepted, found[second.host].reason) == (True, Reason.DOMAIN)


def test_who_is_on_the_map_turns_grey_after_a_week_and_leaves_after_thirty_days() -> None:
    def seen(days: int) -> Verdict:
        return look_at_carvin(accepted_at=LONG_AGO, proven_at=NOW - timedelta(days=days), problem=Reason.UNREACHABLE)

    assert [(seen(days).accepted, seen(days).silent) for days in (6, 7, 29, 30)] == [
        (True, False),
        (True, True),
        (True, True),
        (False, False),
    ]


def test_who_is_on_the_map_needs_neither_age_nor_proposals_nor_quota_again() -> None:
    brought = tuple(Credit(voucher=FRIEND, host=f"c{n}.example", at=NOW) for n in range(9))
    carvin = territory(CARVIN, accepted_at=NOW, first_seen_at=NOW, proposals=0)

    found = look(friend(FRIEND), friend(OTHER), carvin, credits=brought)

    assert found[CARVIN].accepted


def test_who_is_on_the_map_leaves_it_at_once_when_it_asks_to_or_is_vouched_for_no_longer() -> None:
    assert look_at_carvin(accepted_at=LONG_AGO, problem=Reason.UNLISTED).reason is Reason.UNLISTED
    left = look(friend(FRIEND), territory(OTHER), territory(CARVIN, accepted_at=LONG_AGO))
    assert left[CARVIN].reason is Reason.ONE_VOUCHER


def test_two_strikes_and_a_word_is_none_of_the_two_that_are_needed() -> None:
    carvin, third = territory(CARVIN, accepted_at=LONG_AGO), friend("douai.example")
    territories = friend(FRIEND), friend(OTHER), third, carvin

    assert look(*territories, strikes={FRIEND: 1})[CARVIN].accepted
    assert look(*territories, strikes={FRIEND: 2})[CARVIN].reason is Reason.STRIKES
    more = (*TWO_VOUCHES, vouch("douai.example", CARVIN))
    assert look(*territories, strikes={FRIEND: 2}, vouches=more)[CARVIN].accepted


def test_a_circle_that_vouches_for_itself_stands_on_nothing() -> None:
    circle = [territory(f"h{number}.example", accepted_at=LONG_AGO) for number in range(5)]
    vouches = tuple(vouch(one.host, other.host) for one in circle for other in circle if one is not other)

    found = look(friend(FRIEND), *circle, vouches=vouches)

    assert not any(found[one.host].accepted for one in circle)
