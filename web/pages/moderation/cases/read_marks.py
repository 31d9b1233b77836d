"""Until when something had been read when a page was made: a moment as a form carries it, and reads it back."""

from datetime import UTC, datetime, timedelta

from web.http.row_ids import find_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before everything: nothing was read."""


def write_mark(moment: datetime | None) -> str:
    """To the microsecond, as the database has it; without any moment nothing was there to be read."""
    return str(((moment or EPOCH) - EPOCH) // timedelta(microseconds=1))


def read_mark(text: str) -> datetime | None:
    """The same read back; None for anything else."""
    micros = 0 if text == "0" else find_id(text)
    if micros is None or micros > 10**16:
        return None
    return EPOCH + timedelta(microseconds=micros)
