"""The figures of a rehearsal in one run: `python -m tests.rehearsal`, or the names of some parts.

Each stands on the terminal once it is there; at the end all of them as a dated table for deploy/README.md.
"""

import asyncio
import io
import os
import platform
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import backup
from tests.bench.server import compile_modules
from tests.rehearsal import breaking, resting, spoiling, year

PARTS: dict[str, Callable[[Path], Awaitable[None]]] = {
    "start": resting.run_start,
    "idle": resting.run_idle,
    "demo": resting.run_demo,
    "backup": backup.run,
    "breaking": breaking.run,
    "spoiling": spoiling.run,
    "year": year.run,
}

FIGURE = re.compile(
    r"(?P<name>\S.{0,51}?) +(?P<value>-?[\d,]+\.\d+)(?: (?P<unit>\S*) *(?P<target>target .*)?)?$", re.MULTILINE
)


class Told(io.StringIO):
    """What is printed, seen at once and kept."""

    def write(self, text: str) -> int:
        """Both."""
        sys.__stdout__.write(text)  # type: ignore[union-attr] # there is one
        return super().write(text)


async def main(names: list[str]) -> None:
    """Run these parts, each in a folder of its own."""
    compile_modules()
    told = Told()
    with redirect_stdout(told):
        for name in names or list(PARTS):
            with tempfile.TemporaryDirectory(prefix="declic-rehearsal-") as folder:
                os.chmod(folder, 0o711)  # as root, PostgreSQL runs as another account and has to pass
                await PARTS[name](Path(folder))
    sys.stdout.write(f"\n{write_table(told.getvalue())}\n")


def write_table(told: str) -> str:
    """The figures as Markdown, with the day and the machine."""
    lines = [f"On {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}:", ""]
    lines += ["| figure | value | target |", "|---|---|---|"]
    for found in FIGURE.finditer(told):
        target = (found["target"] or "").removeprefix("target ")
        lines.append(f"| {found['name']} | {found['value']} {found['unit'] or ''} | {target} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if unknown := [name for name in sys.argv[1:] if name not in PARTS]:
        sys.exit(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.")
    asyncio.run(main(sys.argv[1:]))
