"""Where mutations are drawn, and how many: the one table to change when modules move.

A stratum is found by parts of dotted names (`agreements` is in `models.exchanges.agreements.saving` and would be in
`models.exchanges.exchanges.agreements.saving`), by the kind of the change, and by words of the lines that it touches.
"""

import re
from dataclasses import dataclass, field

from tests.mutations.values import Mutant

SQL_FILTERS = frozenset({"sql_filter", "sql_null", "sql_not", "sql_and"})

SMALL_STEPS = frozenset(
    {"compare", "constant", "call", "sql_limit", "sql_boundary", "statement", "branch", "arithmetic"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One of the parts that the mutations are drawn from; a mutant belongs to the first that takes it."""

    name: str
    count: int
    """Drawn of 300."""
    folders: tuple[str, ...] = ("models", "federation", "outbox", "inbox", "web")
    parts: frozenset[str] = frozenset()
    """Parts of a dotted name, one of which a module must have; none: all modules."""
    kinds: frozenset[str] = frozenset()
    """Kinds of changes; none: all."""
    words: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    """What the first of the lines must say."""

    def takes(self, mutant: Mutant) -> bool:
        """Whether this mutant is one of them."""
        parts = mutant.module.split(".")
        return (
            parts[0] in self.folders
            and (not self.parts or not self.parts.isdisjoint(parts[1:]))
            and (not self.kinds or mutant.change.kind in self.kinds)
            and bool(self.words.search(mutant.before.partition("\n")[0]))
        )


AGREEMENTS = frozenset(
    {
        *("agreements", "agreement", "agreement_context", "terms", "fulfilment", "hold_limits", "acts", "answers"),
        *("confirmed", "state_machine", "request_preconditions", "waiting_requests"),
    }
)

STRATA = (
    Stratum(
        name="deleted",
        count=40,
        folders=("models",),
        kinds=frozenset({"sql_deleted", "sql_null"}),
        words=re.compile(r"\b(deleted|gone|closed|suspended|erased|withdrawn)_at IS (NOT )?NULL"),
    ),
    Stratum(
        name="limits",
        count=45,
        kinds=SMALL_STEPS,
        words=re.compile(
            r"(?i)(?<!Timed)limit|\bmost\b|\bmost_|_most\b|longest|\bmany\b|\bquota|\bmax_|_max\b|attempts|allow"
        ),
    ),
    Stratum(
        name="permissions",
        count=50,
        kinds=SQL_FILTERS | {"statement", "branch", "operand", "boolean", "result"},
        words=re.compile(
            r"\b(require_(account|role|right|standing|no_block|at_home|same_origin|own|scope|confirmed|attributed|room"
            r"|may_propose|welcome|proof)\w*|may_\w+|is_(welcome|own|seen|shown|trusted|blocked|limited|free|turn_of)"
            r"|hidden|barred|blocked|muted|audience|role|scopes?|has_right|owner_id|visibility)\b"
        ),
    ),
    Stratum(name="agreements", count=55, folders=("models", "outbox", "inbox"), parts=AGREEMENTS),
    Stratum(name="outbox", count=55, folders=("outbox",)),
    Stratum(name="inbox", count=55, folders=("inbox",)),
)

TOTAL = sum(stratum.count for stratum in STRATA)
