"""A list of members as spreadsheets and HelloAsso write it, line by line, with what is wrong in each.

HelloAsso's export of memberships is apart by semicolons and says `Prénom adhérent`, `Email payeur`,
`Statut de la commande`; the place is in fields that the association chose, mostly `Code postal` and `Ville`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.errors import Invalid
from models.places.places import fold_name
from web.forms.form import EMAIL
from web.forms.table_file import find_columns, quote_heads, read_rows

MOST_LINES = 5_000

NAME_LIMIT = 60

Column = Literal["name", "last_name", "email", "commune", "postcode", "place", "username", "status"]

HEADS: Mapping[Column, tuple[str, ...]] = {
    "name": ("prenom adherent", "prenom", "prenom participant", "first name", "prenom payeur"),
    "last_name": ("nom complet", "nom adherent", "nom", "name", "last name"),
    "email": (
        "email adherent",
        "courriel",
        "email",
        "e mail",
        "mail",
        "adresse email",
        "adresse e mail",
        "email payeur",
    ),
    "commune": ("commune", "ville", "ville adherent", "city"),
    "postcode": ("code postal", "cp", "code postal adherent", "postcode", "zip"),
    "place": ("lieu", "est un lieu", "place"),
    "username": ("nom de membre", "identifiant", "username", "pseudo"),
    "status": ("statut de la commande", "statut"),
}
"""How each column may be called, folded, the surest first."""

YES = frozenset({"1", "oui", "o", "x", "vrai", "true", "yes", "lieu"})

PAID = frozenset({"", "valide", "validee", "paye", "payee"})

Fault = Literal[
    "cells", "name_missing", "name_long", "email_missing", "email_wrong", "email_twice", "email_known",
    "email_waits", "email_excluded",
    "username_wrong", "username_taken", "commune_ambiguous", "commune_unknown", "not_paid",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFault:
    """What is wrong in a line, in which column as the file calls it."""

    line: int
    column: str
    fault: Fault
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One person as the list has her; `line` counts as editors do, the heads being line 1."""

    line: int
    name: str
    email: str
    place_words: str
    is_place: bool
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """What could be read, what could not, and how the file calls its columns."""

    lines: tuple[ListLine, ...]
    faults: tuple[ListFault, ...]
    heads: Mapping[Column, str]


def read_list(text: str) -> MemberList:
    """The lines of a list. Raises Invalid where its columns cannot be told, or it is too long."""
    rows = read_rows(text, most=MOST_LINES, field="list")
    if len(rows) > MOST_LINES + 1:
        raise Invalid("list_too_long", field="list", most=MOST_LINES)
    numbered = [(number, [" ".join(cell.split()) for cell in cells]) for number, cells in rows]
    heads = numbered[0][1]
    return _read_lines(numbered[1:], heads, _find_columns(heads))


def _find_columns(heads: Sequence[str]) -> dict[Column, int]:
    """Which column is where. Raises Invalid where the names or the addresses stand nowhere."""
    found = find_columns(heads, HEADS)
    if "email" not in found:
        raise Invalid("list_without_email", field="list", heads=quote_heads(heads))
    if not {"name", "last_name"} & found.keys():
        raise Invalid("list_without_name", field="list", heads=quote_heads(heads))
    return found


def _read_lines(
    numbered: Sequence[tuple[int, list[str]]], heads: Sequence[str], places: Mapping[Column, int]
) -> MemberList:
    named: dict[Column, str] = {column: heads[place] for column, place in places.items()}
    named.setdefault("name", named.get("last_name", ""))
    lines: list[ListLine] = []
    faults: list[ListFault] = []
    seen: dict[str, int] = {}
    for number, cells in numbered:
        got = {column: cells[place] if place < len(cells) else "" for column, place in places.items()}
        line = _make_line(number, got)
        fault = _find_fault(line, got, cells, heads)
        if fault is None and line.email.lower() in seen:
            fault = ("email", "email_twice", str(seen[line.email.lower()]))
        if fault is not None:
            column, code, value = fault
            faults.append(ListFault(line=number, column=named.get(column, ""), fault=code, value=value))
        else:
            seen[line.email.lower()] = number
            lines.append(line)
    return MemberList(lines=tuple(lines), faults=tuple(faults), heads=named)


def _make_line(number: int, got: Mapping[Column, str]) -> ListLine:
    return ListLine(
        line=number,
        name=got["name"] if "name" in got else got["last_name"],
        email=_read_email(got["email"]),
        place_words=" ".join(filter(None, (got.get("postcode", ""), got.get("commune", "")))),
        is_place=fold_name(got.get("place", "")).strip() in YES,
        username=got.get("username", "").lower().removeprefix("@"),
    )


def _find_fault(
    line: ListLine, got: Mapping[Column, str], cells: Sequence[str], heads: Sequence[str]
) -> tuple[Column, Fault, str] | None:
    """The first thing that is wrong in a line by itself."""
    if len(cells) > len(heads) and any(cells[len(heads) :]):
        return "name", "cells", str(len(cells))
    if fold_name(got.get("status", "")).strip() not in PAID:
        return "status", "not_paid", got["status"]
    if not line.name:
        return "name", "name_missing", ""
    if len(line.name) > NAME_LIMIT:
        return "name", "name_long", str(len(line.name))
    if not line.email:
        code: Fault = "email_wrong" if got["email"] else "email_missing"
        return "email", code, got["email"]
    return None


def _read_email(typed: str) -> str:
    """The address, or nothing for what is none."""
    local, _, domain = typed.removeprefix("mailto:").rpartition("@")
    try:
        email = f"{local}@{domain.lower().encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""
    return email if len(email) <= 254 and EMAIL.fullmatch(email) else ""
