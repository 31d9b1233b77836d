"""Budgets that never end, for tests that send thousands of things from one host."""

from typing import Any


class NoLimit:
    """Always has some left."""

    def spend(self, _: str) -> bool:
        """Always."""
        return True

    def give_back(self, _: str) -> None:
        """Nothing to give back."""

    def tell(self, *, most: int) -> dict[str, int]:
        """Nothing was counted."""
        return {}


def without_limits() -> dict[str, Any]:
    """Fields of an Instance."""
    names = ("fetch_budget", "told_budget", "document_budget", "inbox_requests", "inbox_failures")
    return {name: NoLimit() for name in names}
