"""Targets go with the machine; what was printed is read again; what the 200 say could be said."""

from collections import Counter
from dataclasses import fields

import pytest

from models.settings import Site
from tests.bench.compare import read_figures
from tests.bench.growth.__main__ import Cost, judge
from tests.bench.machine import MEASURED, REFERENCE, YARDSTICKS, Limits, scale
from tests.bench.report import figure
from tests.bench.rig.activities import Activity, Author, Target

TIMES = frozenset({"statement", "sum", "verify_work", "hello_work"})

TARGET = Target(
    site=Site(url="https://lomme.test", host="lomme.test"),
    person="https://lomme.test/users/alice",
    notes=[f"https://lomme.test/users/alice/notes/{number}" for number in range(3)],
)


def slow_down(times: float) -> Limits:
    """A machine that takes so many times as long for everything."""
    found = {one.name: getattr(REFERENCE, one.name) for one in fields(REFERENCE)}
    return Limits(**{name: value * times if name in TIMES else value / times for name, value in found.items()})


def test_a_slower_machine_has_slower_targets_by_the_same_ratio() -> None:
    MEASURED.set(slow_down(4))

    assert scale(1500, "bare intake") == pytest.approx(375)
    assert {name: scale(10, name) for name in YARDSTICKS if name != "bare intake"} == {
        name: pytest.approx(40) for name in YARDSTICKS if name != "bare intake"
    }


def test_the_same_ratio_reaches_a_target_on_each_machine(capsys: pytest.CaptureFixture[str]) -> None:
    for times in (1, 4):
        MEASURED.set(slow_down(times))
        figure("accepted", 1600 / times, "/s", at_least=1500, by="bare intake")
        figure("answer", 70 * times, "ms", at_most=60, by="bare page")

    said = [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert said == ["reached", "NOT reached"] * 2


def test_a_figure_is_read_as_it_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    MEASURED.set(REFERENCE)
    figure("accepted, with all", 1_634.25, "/s", at_least=1500, by="bare intake")
    figure("losses", 0, "", at_most=0)

    read = read_figures("inbound", capsys.readouterr().out)

    assert {(one.name, one.unit): value for one, value in read.items()} == {
        ("accepted, with all", "/s"): 1634.2,
        ("losses", ""): 0,
    }


def test_what_must_not_grow_is_told_when_it_does() -> None:
    small, large = Cost(milliseconds=10, scanned={}), Cost(milliseconds=40, scanned={})
    scanning = Cost(milliseconds=10, scanned={"post": 500_000})

    assert judge(small, small, may_grow=False) == "stays"
    assert judge(small, large, may_grow=False) == "GROWS"
    assert judge(small, scanning, may_grow=False) == "GROWS; reads whole: post"
    assert judge(small, scanning, may_grow=True) == "may grow; reads whole: post"


def test_what_an_actor_says_is_about_what_he_said_before() -> None:
    author = Author(number=7, port=443)
    said: list[Activity] = [author.go_on(TARGET) for _ in range(400)]

    assert Counter(one["type"] for one in said).keys() == {
        *("Create", "Like", "Announce", "Update", "Delete", "Follow", "Undo"),
    }
    written, standing, undone = set[str](), set[str](), set[str]()
    for one in said:
        match one["type"]:
            case "Create":
                written.add(one["object"]["id"])
            case "Update" | "Delete":
                assert one["object"]["id"] in written
                written -= {one["object"]["id"]} if one["type"] == "Delete" else set()
            case "Undo":
                assert one["object"]["id"] in standing - undone
                undone.add(one["object"]["id"])
            case _:
                standing.add(one["id"])
    assert len({one["id"] for one in said}) == len(said)
