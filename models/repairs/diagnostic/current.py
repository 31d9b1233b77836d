"""The tree that stands: what the cooperative published last, else the one that ships."""

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from models.repairs.diagnostic import versions
from models.repairs.diagnostic.reading import read_tree
from models.repairs.diagnostic.tree import DiagnosticTree
from models.store.database import Connection

FILE = Path(__file__).parents[2] / "data" / "diagnostic.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentTree:
    """`version` is 0 before the cooperative changed anything; `edition` names the text, here and in caches.

    `broken`: this software does not read what the cooperative published, so that the tree that ships stands in.
    """

    tree: DiagnosticTree
    version: int
    edition: str
    broken: bool


@cache
def read_shipped() -> str:
    """The text that ships."""
    return FILE.read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def _read_valid(source: str) -> tuple[DiagnosticTree | None, str]:
    """Read once for all who ask: texts that stand change rarely."""
    return read_tree(source).tree, sha256(source.encode()).hexdigest()[:12]


async def load_current(conn: Connection) -> CurrentTree:
    """What stands now."""
    found = await versions.find_current(conn)
    tree, edition = _read_valid(found.source if found is not None and found.source else read_shipped())
    broken = tree is None
    if tree is None:
        tree, edition = _read_valid(read_shipped())
    assert tree is not None  # tests walk the tree that ships
    return CurrentTree(tree=tree, version=found.version if found else 0, edition=edition, broken=broken)
