"""Who is on the map: the six rules of admission, from what is known to a verdict on each territory.

Pure: the same evidence gives the same verdicts, on a server and in the simulation (`tests/bench/directory/`), by which
the thresholds were chosen. In short:

1. it is who it says it is: everything on one origin, fetched signed, its key the one that we know;
2. it speaks this protocol, and asks to be listed;
3. it is a plausible territory: an area of believable size in our part of the world, with open proposals inside;
4. it is vouched for: by us, or by two others on the map, of different domains, that speak independently;
5. it is not brand-new, and the only one of its domain;
6. it answers: grey after a week without, gone after thirty days.

A vouch of our own administrators stands above 5 and the proposals of 3. What is on the map stays there as long as it is
vouched for and answers: it need not show its age or its proposals again, and what it needed then is not counted twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.servers.directory.trust import (
    NOBODY_RECENT,
    Recent,
    Support,
    Voucher,
    count_credits,
    find_recent,
    find_support,
    weigh_voucher,
)
from models.servers.directory.values import THRESHOLDS, Evidence, Reason, Territory, Thresholds, Verdict

STAYING = frozenset({Reason.UNREACHABLE, Reason.ORIGIN, Reason.KEY, Reason.NOT_VISITED})
"""What may pass: whoever is on the map stays in spite of it until the days of rule 6 are over."""


@dataclass(slots=True)
class _Map:
    """The map while it is drawn, ring by ring; `hops` are of those who are on it."""

    evidence: Evidence
    limits: Thresholds
    hops: dict[str, int]
    domains: dict[str, str]
    verdicts: dict[str, Verdict]
    credits: dict[str, int]
    recent: Recent
    vouchers_of: dict[str, list[str]]


def judge(evidence: Evidence, limits: Thresholds = THRESHOLDS) -> dict[str, Verdict]:
    """The verdict on each territory, by host."""
    drawn = _begin(evidence, limits)
    waiting = [one for one in _in_order(evidence.territories) if not _hold_back(drawn, one)]
    _draw_first_ring(drawn, [one for one in waiting if one.vouched])
    waiting = [one for one in waiting if not one.vouched]
    for kept in (True, False):  # those who are on the map first: a newcomer never takes somebody's place
        _draw_rings(drawn, [one for one in waiting if (one.accepted_at is not None) is kept])
    return drawn.verdicts


def _begin(evidence: Evidence, limits: Thresholds) -> _Map:
    """The map with nobody on it."""
    return _Map(
        evidence=evidence,
        limits=limits,
        hops={},
        domains={one.host: one.domain for one in evidence.territories},
        verdicts={},
        credits=count_credits(evidence, limits),
        recent=find_recent(evidence, limits),
        vouchers_of=_by_host(evidence),
    )


def check_itself(one: Territory, evidence: Evidence, limits: Thresholds) -> Reason | None:
    """Rules 1, 2, 3 and 6: what a territory shows of itself, whoever vouches for it."""
    if one.removed:
        return Reason.REMOVED
    if one.problem is not None and (one.accepted_at is None or one.problem not in STAYING):
        return one.problem
    if one.proven_at is None or one.proven_at <= evidence.at - limits.gone:
        return Reason.SILENT
    return _check_area(one, evidence, limits)


def _check_area(one: Territory, evidence: Evidence, limits: Thresholds) -> Reason | None:
    if one.area_km is None or one.radius_km is None:
        return Reason.NOWHERE
    if one.area_km > evidence.area_km:
        return Reason.FAR
    if one.radius_km > limits.radius_km:
        return Reason.WIDE
    if one.proposals < limits.proposals and not one.vouched and one.accepted_at is None:
        return Reason.PROPOSALS
    return None


def _by_host(evidence: Evidence) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for vouch in evidence.vouches:
        found.setdefault(vouch.host, []).append(vouch.voucher)
    return found


def _in_order(territories: Iterable[Territory]) -> list[Territory]:
    """Who came first comes first, so that the same evidence gives the same map."""
    return sorted(territories, key=lambda one: (one.accepted_at or one.first_seen_at, one.host))


def _hold_back(drawn: _Map, one: Territory) -> bool:
    reason = check_itself(one, drawn.evidence, drawn.limits)
    if reason is not None:
        drawn.verdicts[one.host] = Verdict(accepted=False, reason=reason)
    return reason is not None


def _draw_first_ring(drawn: _Map, vouched: list[Territory]) -> None:
    for one in vouched:
        _accept(drawn, one, Support(reason=None, hop=1))


def _draw_rings(drawn: _Map, waiting: list[Territory]) -> None:
    """Ring after ring until nobody is added; vouchers are those of the rings before."""
    while waiting:
        known = dict(drawn.hops)
        taken = {one.domain for one in drawn.evidence.territories if one.host in known}
        rest = []
        for one in waiting:
            support = _look_up_support(drawn, one, known)
            reason = support.reason or _check_newcomer(drawn, one, taken)
            if reason is None:
                _accept(drawn, one, support)
                taken.add(one.domain)
            else:
                drawn.verdicts[one.host] = Verdict(accepted=False, reason=reason)
                rest.append(one)
        if len(rest) == len(waiting):
            return
        waiting = rest


def _look_up_support(drawn: _Map, one: Territory, known: dict[str, int]) -> Support:
    new = one.accepted_at is None
    vouchers = [
        _as_voucher(drawn, host, known[host], new=new) for host in drawn.vouchers_of.get(one.host, ()) if host in known
    ]
    return find_support(one.domain, vouchers, drawn.recent if new else NOBODY_RECENT, drawn.limits)


def _as_voucher(drawn: _Map, host: str, hop: int, *, new: bool) -> Voucher:
    voucher = weigh_voucher(host, drawn.domains[host], hop, drawn.evidence.strikes, drawn.limits)
    if new and drawn.credits.get(host, 0) >= drawn.limits.entries_a_month:
        return replace(voucher, spent=True)
    return voucher


def _check_newcomer(drawn: _Map, one: Territory, taken: set[str]) -> Reason | None:
    """Rule 5."""
    if one.domain in taken:
        return Reason.DOMAIN
    if one.accepted_at is None and one.first_seen_at > drawn.evidence.at - drawn.limits.age:
        return Reason.AGE
    return None


def _accept(drawn: _Map, one: Territory, support: Support) -> None:
    drawn.hops[one.host] = support.hop
    if one.accepted_at is None:
        for host in support.vouchers:
            drawn.credits[host] = drawn.credits.get(host, 0) + 1
    proven = one.proven_at
    drawn.verdicts[one.host] = Verdict(
        accepted=True,
        hop=support.hop,
        vouchers=support.vouchers,
        silent=proven is None or proven <= drawn.evidence.at - drawn.limits.grey,
    )
