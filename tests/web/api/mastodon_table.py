"""Mastodon's documented addresses and what we have of them: read from the list, and written as a page for people.

`python -m tests.web.api.mastodon_table` writes web/api/MASTODON.md anew. The list, mastodon_4_5.csv, was made from
docs.joinmastodon.org (methods/*) and Mastodon's own routes; `here` is "yes", or why an address is left out.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from web.api.mastodon.instance.instance import API_VERSION, SPOKEN_VERSION

LIST = Path(__file__).parent / "mastodon_4_5.csv"
PAGE = Path(__file__).parents[3] / "web" / "api" / "MASTODON.md"

HEAD = """# Mastodon's client API, and what of it is here

Written by `make api-table` from the list that the tests hold against our routes (`tests/web/api/mastodon_4_5.csv`).
Announced is {announced}.

## What is here

| since | address |
|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An address that Mastodon documents, since which version, and whether it is here: "yes", or why not."""

    method: str
    path: str
    since: str
    here: str

    @property
    def is_here(self) -> bool:
        """Whether we have it."""
        return self.here == "yes"

    @property
    def shape(self) -> tuple[str, str]:
        """The address with whatever its parameters are called."""
        return self.method, shape_of(self.path)


def read_list() -> list[Documented]:
    """Every line of the list."""
    with LIST.open(newline="") as file:
        return [Documented(**row) for row in csv.DictReader(file)]


def shape_of(path: str) -> str:
    """A path of Mastodon's documentation, or of our routes, with a star for each parameter."""
    return re.sub(r"\{(?:[^{}]|\{[^{}]*\})*\}|:[a-z_]+", "*", path)


def write_page(found: list[Documented], announced: str) -> str:
    """The page: what is here, by address; what is left out, by reason."""
    paths: dict[tuple[str, str], list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for one in found:
        if one.is_here:
            paths.setdefault((one.path, one.since), []).append(one.method)
        else:
            reasons.setdefault(one.here, []).append(f"`{one.method} {one.path}`")
    here = "".join(f"| {since} | {' '.join(methods)} `{path}` |\n" for (path, since), methods in paths.items())
    out = "".join(f"- {reason}: {', '.join(names)}\n" for reason, names in reasons.items())
    return f"{HEAD.format(announced=announced)}{here}\n## What is left out, and why\n\n{out}"


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(write_page(read_list(), f"{SPOKEN_VERSION}, API version {API_VERSION}"))


if __name__ == "__main__":
    main()
