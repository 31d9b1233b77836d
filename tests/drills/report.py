"""The figures of drills, printed when they are run by themselves (`make drills`)."""

import sys
from typing import Any

from tests.drills.ledger import Verdict


def report(drill: str, verdict: Verdict | None = None, **figures: Any) -> None:
    """One line for one drill."""
    if verdict is not None:
        figures = {"promised": verdict.promised, "lost": verdict.lost, "twice": verdict.twice} | figures
    words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    sys.stdout.write(f"\n{drill}: {words}\n")
