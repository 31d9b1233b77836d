"""Points: the cooperative's own ledger of who gave and who took, where it keeps one. It never leaves."""

from models.exchanges.points.grants import STANDS_FOR, grant_deposit, grant_due, grant_welcome, take_back_due
from models.exchanges.points.ledger import find_balance, lock, record
from models.exchanges.points.promises import TooFew, are_kept_between, find_means, require_means, who_pays
from models.exchanges.points.reading import (
    LedgerEntry,
    MemberPoints,
    Movement,
    Totals,
    find_totals,
    list_entries,
    list_members,
    list_movements,
)
from models.exchanges.points.spending import REASON_LIMIT, correct, give_back_all, settle
from models.exchanges.points.values import MOST, PRICED, Currency, Kind, Means, NewMovement, find_currency

__all__ = [
    "MOST",
    "PRICED",
    "REASON_LIMIT",
    "STANDS_FOR",
    "Currency",
    "Kind",
    "LedgerEntry",
    "Means",
    "MemberPoints",
    "Movement",
    "NewMovement",
    "TooFew",
    "Totals",
    "are_kept_between",
    "correct",
    "find_balance",
    "find_currency",
    "find_means",
    "find_totals",
    "give_back_all",
    "grant_deposit",
    "grant_due",
    "grant_welcome",
    "list_entries",
    "list_members",
    "list_movements",
    "lock",
    "record",
    "require_means",
    "settle",
    "take_back_due",
    "who_pays",
]
