"""The rules of the cooperative: the articles of its charter, numbered, to be named when something is decided."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from models.people.documents.articles import read_blocks
from models.people.documents.versions import find_current
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterRule:
    """One rule: its number, what it says in one line, and the rest of it."""

    number: int
    text: str
    hint: str = ""


async def list_rules(conn: Connection) -> list[CharterRule]:
    """The articles of the charter that stands; of a charter without any, its headings. None where there is none."""
    charter = await find_current(conn, "charter")
    return read_rules(charter.text) if charter is not None else []


async def name_rules(conn: Connection, numbers: Collection[int]) -> list[dict[str, Any]]:
    """Those of these numbers that the charter has, as what names them keeps them: [{"number", "text"}]."""
    return [{"number": one.number, "text": one.text} for one in await list_rules(conn) if one.number in numbers]


def read_rules(text: str) -> list[CharterRule]:
    """The same of any text."""
    blocks = read_blocks(text)
    named = [one for one in blocks if one.kind == "article"] or [one for one in blocks if one.kind == "heading"]
    rules = []
    for number, block in enumerate(named, start=1):
        first, _, rest = block.text.partition("\n")
        rules.append(CharterRule(number=number, text=first, hint=rest))
    return rules
