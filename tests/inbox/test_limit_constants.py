"""What is taken in from other servers at most.

Each limit of this layer stands here a second time: whoever changes one decides it, and says so in two places.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from tests import limit_constants
from tests.limit_constants import read_limits

LIMITS: dict[str, object] = {
    "inbox.traffic.losses.MOST_ADDRESSES": 200,
    "inbox.receiving.looks.MOST_BYTES": 4096,
    "inbox.receiving.stolen_bikes.MOST_BYTES": 4096,
    "inbox.repairs.bikes.file_fetches.MOST_RUNS": 50,
    "inbox.repairs.bookings.busy_times.MOST_EVENTS": 4000,
    "inbox.repairs.bookings.busy_times.MOST_RULES": 300,
    "inbox.repairs.bookings.calendars.AT_ONCE": 4,
    "inbox.repairs.bookings.calendars.LONGEST_WAIT": timedelta(days=1),
    "inbox.repairs.bookings.calendars.TAG_LIMIT": 200,
    "inbox.repairs.shops.shop_lists.AT_ONCE": 4,
    "inbox.meetings.events.PLACE_LIMIT": 200,
    "inbox.exchanges.agreements.REASON_LIMIT": 2000,
    "inbox.exchanges.assent.LONGEST_HOLD": timedelta(days=31),
    "inbox.posts.contents.NAME_LIMIT": 1000,
    "inbox.posts.message_requests.TEXT_LIMIT": 5000,
    "inbox.posts.translation.TITLE_LIMIT": 200,
    "inbox.posts.translation.WARNING_LIMIT": 500,
    "inbox.processing.process.AT_ONCE": 200,
    "inbox.processing.process.STARTED_AT_ONCE": 25,
    "inbox.processing.process.GATHERING_PAUSE": 0.05,
    "inbox.processing.process.PATIENCE": 0.2,
    "inbox.receiving.inbox_policy.LONGEST_SIGNATURE": 16_384,
    "inbox.traffic.backfill.MOST_ENTRIES": 200,
    "inbox.traffic.backfill.MOST_AGAIN": 20,
    "inbox.traffic.synchronization.MOST": 10_000,
    "inbox.traffic.own_posts.LONGEST_WAIT": timedelta(hours=12),
    "inbox.traffic.own_posts.MOST_PAGES": 100,
    "inbox.traffic.own_posts.MOST_TURNS": 40,
}


def test_the_limits_of_this_layer_are_these() -> None:
    assert read_limits("inbox") == LIMITS


@pytest.mark.parametrize(
    "written",
    [
        "MOST_SEEDED = 5",
        "_MOST_SEEDED: int = 5",
        "MOST_SEEDED: dict[\n    str, int\n] = {'one': 5}",
        "OTHER = MOST_SEEDED = 5",
        "other, MOST_SEEDED = 4, 5",
        "(\n    OTHER,\n    MOST_SEEDED,\n) = 4, 5",
        "other: int = 4; MOST_SEEDED = 5",
        "MOST_SEEDED = {\n    'one': 5,\n}",
    ],
)
def test_a_limit_is_found_however_it_is_given(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / f"seeded_{abs(hash(written))}"
    folder.mkdir()
    (folder / "limits.py").write_text(f'"""Some."""\n\n{written}\n')
    monkeypatch.setattr(limit_constants, "ROOT", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    [found] = read_limits(folder.name)

    assert found.endswith("MOST_SEEDED")
