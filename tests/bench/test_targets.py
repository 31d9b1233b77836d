"""Targets go with the machine; what was printed is read again; what the 200 say could be said."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime
from math import inf
from typing import Any

import pytest

from models.settings import Site
from models.store.database import Pool
from tests.bench.compare import read_figures
from tests.bench.form import SHORT, Sized
from tests.bench.growth.__main__ import Cost, judge
from tests.bench.inbound import RATE
from tests.bench.machine import MEASURED, REFERENCE, YARDSTICKS, Limits, scale
from tests.bench.report import figure
from tests.bench.rig.activities import Activity, Author, Target
from tests.bench.rig.effects import GOTOSOCIAL_TOTALS, compare_totals, find_faults

TIMES = frozenset({"statement", "sum", "verify_work", "hello_work"})

TARGET = Target(
    site=Site(url="https://lomme.test", host="lomme.test"),
    person="https://lomme.test/users/alice",
    notes=[f"https://lomme.test/users/alice/notes/{number}" for number in range(3)],
)


LIMITS = [one.name for one in fields(REFERENCE)]


def slow_down(times: float, *names: str) -> Limits:
    """A machine that takes so many times as long for these, or for everything."""
    found = {name: times if name in (names or LIMITS) else 1 for name in LIMITS}
    values = {name: getattr(REFERENCE, name) * (by if name in TIMES else 1 / by) for name, by in found.items()}
    return Limits(**values)


def test_a_slower_machine_has_slower_targets_by_the_same_ratio() -> None:
    MEASURED.set(slow_down(4))

    assert scale(1500, "bare intake") == pytest.approx(375)
    assert {name: scale(10, name) for name in YARDSTICKS if name != "bare intake"} == {
        name: pytest.approx(40) for name in YARDSTICKS if name != "bare intake"
    }


def test_what_one_limit_alone_does_to_targets_is_what_the_work_hangs_on_it() -> None:
    eased = dict[str, dict[str, float]]()
    for name, measure in YARDSTICKS.items():
        ratios = {limit: measure(slow_down(10, limit)) / measure(REFERENCE) for limit in LIMITS}
        eased[name] = {limit: max(ratio, 1 / ratio) for limit, ratio in ratios.items() if ratio != pytest.approx(1)}

    assert {name: list(limits) for name, limits in eased.items()} == {
        "bare intake": ["verifies", "hellos"],
        "bare work": ["verify_work", "hello_work"],
        "bare page": ["hellos", "statement"],
        "sum": ["sum"],
        "200 bare deliveries": ["signs", "hellos"],
        "200 first deliveries": ["signs", "handshakes", "hellos"],
    }
    assert all(1 < ratio <= 10.01 for limits in eased.values() for ratio in limits.values())
    assert eased["bare intake"]["hellos"] > eased["bare intake"]["verifies"] > 3, "both are a large part of it"


def test_a_short_run_says_nothing_about_a_target_of_a_long_one(capsys: pytest.CaptureFixture[str]) -> None:
    MEASURED.set(REFERENCE)
    for short in (True, False):
        form = SHORT.set(short)
        figure("pages", 4, "ms", at_most=5, by="bare page", size=Sized(long=50_000, short=5_000))
        figure("pages, as many in both", 4, "ms", at_most=5, size=Sized(long=60, short=60))
        SHORT.reset(form)

    said = [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert said == ["not judged with 5,000, it is for 50,000", "reached", "reached", "reached"]


async def test_what_was_done_when_the_clock_starts_is_not_counted(pool: Pool) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("CREATE TEMP TABLE received (received_at timestamptz, finished_at timestamptz)")
        await conn.execute(
            """
            INSERT INTO received SELECT now(), now() + done * interval '1 second'
            FROM unnest(array_fill(0, ARRAY[200]) || array_fill(1, ARRAY[30]) || array_fill(4, ARRAY[10])) AS done
            """
        )
        rate = await conn.fetchval(RATE, datetime(2026, 1, 1, tzinfo=UTC))
        await conn.execute("DROP TABLE received")

    assert rate == 10


async def test_what_took_no_effect_is_told_and_what_a_version_does_not_have_is_left_out(pool: Pool) -> None:
    author = Author(number=7, port=443)
    for _ in range(400):
        author.go_on(TARGET)
    async with pool.acquire() as conn:
        nobody = await find_faults(conn.fetchval, [])
        await conn.execute(
            """
            INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, error) VALUES
                (1, 'a', '', 'Like', 'bob', 'x', '', 'failed', 'No.'),
                (2, 'b', '', 'Follow', 'bob', 'x', '', 'done', NULL)
            """
        )
        faults = await find_faults(conn.fetchval, [author])
        await conn.execute("SET search_path TO pg_catalog")
        old = await find_faults(conn.fetchval, [author])
        await conn.execute("RESET search_path")

    changed = [note for note in author.notes if "updated" in note]
    assert changed and author.follows and nobody == old == []
    assert faults == [
        "not done: Like failed: No.",
        f"0 notes, not {len(author.notes)}",
        f"0 changed notes, not {len(changed)}",
        "0 followers, not 1",
    ]


async def test_gotosocial_is_asked_for_the_same_by_its_own_tables() -> None:
    author = Author(number=7, port=443)
    for _ in range(400):
        author.go_on(TARGET)
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.executescript(
            """
            CREATE TABLE statuses (local boolean, boost_of_id text, content text);
            CREATE TABLE accounts (id text, domain text);
            CREATE TABLE follows (account_id text);
            INSERT INTO statuses VALUES (true, NULL, 'ours'), (false, '1', 'shared');
            INSERT INTO accounts VALUES ('ours', NULL), ('bob', '127.1.0.8:443');
            INSERT INTO follows VALUES ('ours'), ('bob');
            """
        )
        changed = [note for note in author.notes if "updated" in note]
        kept = [(note["content"],) for note in author.notes if note is not changed[0]]
        conn.executemany("INSERT INTO statuses VALUES (false, NULL, ?)", kept)

        async def ask(statement: str) -> Any:
            return conn.execute(statement).fetchone()[0]

        faults = await compare_totals(ask, [author], GOTOSOCIAL_TOTALS)

    assert author.follows
    assert faults == [
        f"{len(kept)} notes, not {len(author.notes)}",
        f"{len(changed) - 1} changed notes, not {len(changed)}",
    ]


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
    assert judge(small, Cost(milliseconds=inf, scanned={}), may_grow=True) == "FAILS"


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
