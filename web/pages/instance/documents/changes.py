"""What changed between two versions, line by line."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.lazy import LazyModule

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A line that came or went."""

    kind: Literal["added", "removed"]
    text: str


def list_changes(before: str, after: str) -> list[TextChange]:
    """Lines that went and lines that came, in the order of the text; empty lines aside."""
    old, new = ([line for line in (line.strip() for line in text.splitlines()) if line] for text in (before, after))
    changes: list[TextChange] = []
    for tag, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            changes += [TextChange(kind="removed", text=line) for line in old[old_from:old_to]]
            changes += [TextChange(kind="added", text=line) for line in new[new_from:new_to]]
    return changes
