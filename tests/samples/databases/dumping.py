"""A backup turned into a sample: plain SQL that PostgreSQL 15 and later load, without what versions bring along."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from models.store.postgres import clients
from tests.recorded.trees import run

MAJOR = 18
"""Of the embedded PostgreSQL, whose dump it is."""

SHIPPED = ("commune", "everyday_word", "everyday_relation", "shipped_data")
"""The lists of communes and of words come with the software, and are loaded at the start where they are not there."""

SKIPPED = re.compile(r"\\(un)?restrict |SET transaction_timeout = 0;$|COMMENT ON EXTENSION ")
"""Lines that servers before 17 do not know, that only psql does, or that only the owner of an extension may say."""


def write_dump(backup: Path, target: Path) -> None:
    """Write the sample of the one backup in this folder."""
    [folder] = backup.iterdir()
    program = str(clients.list_clients(MAJOR)[0].program("pg_restore"))
    text = run([program, "--no-owner", "--no-privileges", "--file=-", "database.dump"], folder)
    data = "\n".join(clean(text.split("\n"))) + "\n"
    with target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
        packed.write(data.encode())


def clean(lines: list[str]) -> Iterator[str]:
    """The lines of a dump that a sample keeps."""
    shipped = copying = False
    for line in lines:
        if copying:
            copying = line != "\\."
            if not shipped:
                yield line
        elif line.startswith("COPY "):
            copying, shipped = True, line.split()[1].removeprefix("public.") in SHIPPED
            if not shipped:
                yield line
        elif not SKIPPED.match(line):
            yield line
