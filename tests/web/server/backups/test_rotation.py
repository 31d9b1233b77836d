"""Which backups stay: the latest, the last of each of some weeks, and the last of each of some months."""

from datetime import UTC, datetime, timedelta

import pytest

from web.server.backups.rotation import Rotation, choose_kept

TODAY = datetime(2026, 11, 29, 3, 15, tzinfo=UTC)
"""A Sunday."""

NIGHTS = [TODAY - timedelta(days=ago) for ago in range(500)]


def days(rotation: Rotation, made: list[datetime]) -> list[str]:
    return [f"{one:%m-%d}" for one in sorted(choose_kept(made, rotation), reverse=True)]


@pytest.mark.parametrize(
    ("rotation", "kept"),
    [
        (Rotation(latest=3), ["11-29", "11-28", "11-27"]),
        (Rotation(latest=1, weeks=3), ["11-29", "11-22", "11-15"]),
        (Rotation(latest=1, months=3), ["11-29", "10-31", "09-30"]),
        (Rotation(latest=2, weeks=2, months=2), ["11-29", "11-28", "11-22", "10-31"]),
    ],
)
def test_the_latest_and_the_last_of_weeks_and_months_stay(rotation: Rotation, kept: list[str]) -> None:
    assert days(rotation, NIGHTS) == kept


def test_a_year_of_nights_under_the_shipped_rotation_is_some_twenty() -> None:
    shipped = Rotation(latest=7, weeks=4, months=12)
    there: list[datetime] = []
    for night in reversed(NIGHTS):
        there = sorted(choose_kept([*there, night], shipped))

    assert len(there) == len(choose_kept(NIGHTS, shipped)) == 21
    assert there[0] == datetime(2025, 12, 31, 3, 15, tzinfo=UTC), "what one night removes the next does not miss"


def test_weeks_without_a_backup_do_not_count() -> None:
    made = [TODAY, TODAY - timedelta(days=89), TODAY - timedelta(days=90), TODAY - timedelta(days=200)]

    assert choose_kept(made, Rotation(latest=1, weeks=3)) == {made[0], made[1], made[3]}
