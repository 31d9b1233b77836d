"""What may become of an agreement: every state, act and person, one by one, and whatever they do in a row."""

import itertools
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.exchanges.agreements import LIVE, OPEN, State, find_next, list_verbs
from models.exchanges.agreements.state_machine import RULES, Verb, Who
from models.store.database import Connection
from tests.factories import make_agreement, make_listing, make_member

STATES: tuple[State, ...] = get_args(State)
VERBS: tuple[Verb, ...] = get_args(Verb)
PEOPLE: tuple[Who, ...] = get_args(Who)
ENDED = tuple(state for state in STATES if state not in LIVE and state != "done")


WRITTEN = """
requested accept   owner   theirs agreed
requested counter  owner   theirs countered
requested refuse   owner   any    refused
requested withdraw partner any    withdrawn
requested expire   clock   any    expired
countered accept   owner   theirs agreed
countered accept   partner theirs agreed
countered counter  owner   theirs countered
countered counter  partner theirs countered
countered refuse   owner   any    refused
countered refuse   partner theirs refused
countered withdraw partner any    withdrawn
countered expire   clock   any    expired
agreed    cancel   owner   any    cancelled
agreed    cancel   partner any    cancelled
agreed    report   owner   any    done
agreed    report   partner any    agreed
agreed    expire   clock   any    expired
done      report   owner   any    done
done      report   partner any    done
"""
"""In a state, what somebody may do, whose terms must be on the table, and the state that follows: nothing else may."""


def test_nothing_may_be_done_but_what_is_written_here() -> None:
    rules = [(rule.state, rule.verb, rule.who, rule.turn, rule.to) for rule in RULES]

    assert rules == [tuple(line.split()) for line in WRITTEN.split("\n") if line]
    followed = {
        (state, verb, who, "theirs" if find_next(state, verb, who, own_terms=True) is None else "any", after)
        for state, verb, who in itertools.product(STATES, VERBS, PEOPLE)
        if (after := find_next(state, verb, who, own_terms=False)) is not None
    }
    assert followed == set(rules)


def test_each_rule_stands_once() -> None:
    keys = [(rule.state, rule.verb, rule.who) for rule in RULES]

    assert len(keys) == len(set(keys))


def test_nobody_says_yes_to_her_own_terms() -> None:
    answers: tuple[Verb, ...] = ("accept", "counter")

    for state, verb, who in itertools.product(STATES, answers, PEOPLE):
        assert find_next(state, verb, who, own_terms=True) is None, (state, verb, who)


def test_only_a_yes_binds() -> None:
    for state, verb, who in itertools.product(STATES, VERBS, PEOPLE):
        follows = {find_next(state, verb, who, own_terms=own) for own in (True, False)}

        if "agreed" in follows and state != "agreed":
            assert (verb, state in OPEN) == ("accept", True), (state, verb, who)


def test_what_ended_stays_ended() -> None:
    for state, verb, who in itertools.product(ENDED, VERBS, PEOPLE):
        ways = {find_next(state, verb, who, own_terms=own) for own in (True, False)}

        assert ways == {None}, (state, verb, who)


@pytest.mark.parametrize("state", LIVE)
def test_everybody_has_a_way_out_of_what_is_not_over(state: State) -> None:
    ways: dict[Who, tuple[Verb, ...]] = {"owner": ("refuse", "cancel"), "partner": ("withdraw", "cancel")}

    for who, verbs in ways.items():
        for own in (True, False):
            assert any(find_next(state, verb, who, own_terms=own) in ENDED for verb in verbs)
    assert find_next(state, "expire", "clock", own_terms=False) == "expired"


@given(st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE)), max_size=30))
def test_whoever_is_bound_has_said_yes_or_proposed_it(acts: list[tuple[Verb, Who]]) -> None:
    state: State = "requested"
    proposer: Who = "partner"
    for verb, who in acts:
        after = find_next(state, verb, who, own_terms=who == proposer)
        if after is None:
            continue
        if after == "agreed" and state != "agreed":
            assert who in ("owner", "partner") and who != proposer
        if verb == "counter":
            proposer = who
        if state in ENDED:
            raise AssertionError("something followed an end")
        state = after


async def test_whoever_is_asked_has_one_way_to_say_no_and_whoever_asks_one_to_take_it_back(conn: Connection) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    held = await make_agreement(conn, await make_listing(conn, alice), bob, state="countered", proposed_by=alice.id)

    assert list_verbs(held, "partner") == ["accept", "counter", "refuse"]
    assert list_verbs(replace(held, proposed_by=bob.id), "partner") == ["withdraw"]
    assert list_verbs(replace(held, accepted_uri="https://lomme.test/oui"), "partner") == ["withdraw"]
    assert list_verbs(held, "owner") == ["refuse"]
