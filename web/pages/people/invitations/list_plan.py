"""What would be made of a list of members: a user name and a commune for each, and what is known here already."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from models.errors import Invalid
from models.moderation import excluded_addresses
from models.people import accounts
from models.people.invitations import mailings, member_imports
from models.people.invitations.member_imports import NewMemberLine
from models.places import places
from models.places.places import Commune, fold_name
from models.store.database import Connection
from web.pages.people.invitations.list_reader import Fault, ListFault, ListLine, MemberList

LONGEST_STEM = 24
"""Letters of a first name that a user name takes: a number follows where it is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """Whom accounts would be made for; lines left out, each with its reason; lines made without their commune."""

    lines: tuple[NewMemberLine, ...]
    faults: tuple[ListFault, ...]
    remarks: tuple[ListFault, ...]


async def plan(conn: Connection, read: MemberList) -> ListPlan:
    """Look at a list; nothing is made."""
    known = await _find_known(conn, [one.email.lower() for one in read.lines])
    stems = {one.line: one.username or make_stem(one.name, one.email) for one in read.lines}
    taken = set(await member_imports.filter_usernames(conn, list(stems.values())))
    named = await _list_communes(conn, read)
    communes = _choose_communes(named)
    faults: list[ListFault] = list(read.faults)
    lines: list[NewMemberLine] = []
    for one in read.lines:
        fault = _find_fault(one, read, known, taken)
        if fault is not None:
            faults.append(fault)
            continue
        username = one.username or _choose_name(stems[one.line], taken)
        taken.add(username)
        lines.append(_make_line(one, username, communes.get(one.place_words)))
    faults.sort(key=lambda one: one.line)
    remarks = _list_remarks(read, {one.line for one in lines if one.commune_code is None}, named)
    return ListPlan(lines=tuple(lines), faults=tuple(faults), remarks=tuple(remarks))


def _list_remarks(
    read: MemberList, without_commune: set[int], named: Mapping[str, Sequence[Commune]]
) -> list[ListFault]:
    """Lines that name a place which is no commune, or may be several."""
    head = read.heads.get("commune") or read.heads.get("postcode", "")
    return [
        ListFault(
            line=one.line,
            column=head,
            fault="commune_ambiguous" if named.get(one.place_words) else "commune_unknown",
            value=one.place_words,
        )
        for one in read.lines
        if one.place_words and one.line in without_commune
    ]


def _choose_name(stem: str, taken: set[str]) -> str:
    return next(name for name in _list_names(stem) if name not in taken)


def _make_line(one: ListLine, username: str, commune: str | None) -> NewMemberLine:
    return NewMemberLine(
        line=one.line, name=one.name, username=username, email=one.email, commune_code=commune, place=one.is_place
    )


def make_stem(name: str, email: str) -> str:
    """A user name made of the name that others see anyway; of the address only where that has no letter."""
    for text in (name, email.partition("@")[0]):
        stem = fold_name(text).strip().replace(" ", "_")[:LONGEST_STEM].strip("_")
        if stem and not stem.isdecimal():
            return stem
    return "membre"


def _list_names(stem: str) -> Iterator[str]:
    """The stem and then with numbers, those that somebody may have."""
    for number in count(1):
        name = stem if number == 1 else f"{stem.rstrip('0123456789')}{number}"
        if name not in accounts.RESERVED:
            yield name


async def _find_known(conn: Connection, emails: Sequence[str]) -> dict[str, Fault]:
    """Addresses of which no account is made, each with the reason."""
    known: dict[str, Fault] = dict.fromkeys(await excluded_addresses.filter_gone(conn, emails), "email_excluded")
    known |= dict.fromkeys(await mailings.filter_waiting(conn, emails), "email_waits")
    return known | dict.fromkeys(await mailings.filter_members(conn, emails), "email_known")


def _find_fault(one: ListLine, read: MemberList, known: Mapping[str, Fault], taken: set[str]) -> ListFault | None:
    """What keeps this line from becoming a member."""
    if one.email.lower() in known:
        why = known[one.email.lower()]
        return ListFault(line=one.line, column=read.heads["email"], fault=why, value=one.email)
    if not one.username:
        return None
    fault: Fault | None = "username_taken" if one.username in taken else None
    try:
        accounts.require_username(one.username)
    except Invalid:
        fault = "username_wrong"
    return fault and ListFault(line=one.line, column=read.heads["username"], fault=fault, value=one.username)


def _choose_communes(named: Mapping[str, Sequence[Commune]]) -> dict[str, str]:
    """The code of each place that can be one commune only."""
    return {words: found[0].code for words, found in named.items() if len(found) == 1}


async def _list_communes(conn: Connection, read: MemberList) -> dict[str, list[Commune]]:
    """What each place may be as it was written, each looked for once."""
    found: dict[str, list[Commune]] = {}
    for words in {one.place_words for one in read.lines if one.place_words}:
        named = await places.list_communes_named(conn, words)
        found[words] = named or await places.list_communes_named(conn, re.sub(r"\s*\(.*\)$", "", words))
    return found
