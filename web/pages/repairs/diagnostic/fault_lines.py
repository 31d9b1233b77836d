"""The mistakes of a text as a page lists them: the line, what stands in it, and why it cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.repairs.diagnostic.yaml_source import Fault
from web.rendering.error_messages.lookup import find_sentence, find_values
from web.rendering.i18n import Say

MOST_SHOWN = 30

LINE_LIMIT = 120
"""Characters of a line that are shown beside its mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """One mistake."""

    line: int
    text: str
    sentence: str


def describe_faults(source: str, faults: Sequence[Fault], say: Say) -> list[FaultLine]:
    """The first of them, in words."""
    lines = source.split("\n")
    return [
        FaultLine(
            line=fault.line,
            text=lines[fault.line - 1].strip()[:LINE_LIMIT] if fault.line <= len(lines) else "",
            sentence=say(find_sentence(fault.reason), **find_values(fault.reason, say)),
        )
        for fault in faults[:MOST_SHOWN]
    ]
