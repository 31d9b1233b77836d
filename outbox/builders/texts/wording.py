"""The words of a listing as it goes out to people: its kind, state and facts, in French or else in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from models.listings.listings import ListingDetails, ListingKind, ListingMode, ListingStatus
from models.moments import PARIS

"""Dates in texts are those of the territories; on the wire they are UTC."""

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one kind of listing is called: on the wire (`additionalType`), in a hashtag and in the title line."""

    type: str | None
    hashtag: str
    emoji: str
    french: str
    english: str


def _offer(type: str | None, emoji: str, french: str, english: str, *, hashtag: str = "Offre") -> Wording:
    return Wording(type=type, hashtag=hashtag, emoji=emoji, french=french, english=english)


def _request(type: str | None) -> Wording:
    return Wording(type=type, hashtag="Demande", emoji="🙏", french="Cherche", english="Wanted")


_REPAIR = Wording(
    type="RepairCall", hashtag="DépannageVélo", emoji="🚲🔧", french="Dépannage", english="Bike repair needed"
)

_OFFERS: Mapping[ListingMode, Wording] = {
    "gift": _offer("GiftOffer", "🎁", "Don", "Gift"),
    "loan": _offer("LoanOffer", "🔁", "Prêt", "Loan"),
    "swap": _offer("BarterOffer", "🔄", "Échange", "Swap"),
    "sale": _offer("SaleOffer", "💶", "Vente", "For sale"),
    "service": _offer("ServiceOffer", "🛠️", "Service", "Service", hashtag="Service"),
}

_REQUESTS: Mapping[ListingMode, Wording] = {
    "gift": _request("GiftRequest"),
    "loan": _request("LoanRequest"),
    "swap": _request("BarterRequest"),
    "sale": _request("PurchaseRequest"),
    "service": _request("ServiceRequest"),
}

_RIDEABLE: Mapping[object, tuple[str, str]] = {
    True: ("le vélo roule", "the bike rolls"),
    False: ("le vélo ne roule pas", "the bike does not roll"),
}

_URGENCIES: Mapping[str, tuple[str, str]] = {
    "Now": ("tout de suite", "right now"),
    "Today": ("aujourd’hui", "today"),
    "ThisWeek": ("cette semaine", "this week"),
    "Flexible": ("quand on peut", "whenever possible"),
}

_REWARDS: Mapping[str, tuple[str, str]] = {
    "free-price": ("prix libre", "pay what you want"),
    "gift": ("cherche un coup de main bénévole", "looks for a helping hand for free"),
    "points": ("contre des points", "for points"),
}

MODES: Mapping[str, ListingMode] = {
    wording.type: mode for table in (_OFFERS, _REQUESTS) for mode, wording in table.items() if wording.type
} | {"RepairCall": "repair"}
"""From what a listing is called on the wire to its mode here; the tables above read backwards."""

STATES: Mapping[ListingStatus, tuple[str, str]] = {
    "fulfilled": ("✅ Pourvu", "✅ Done"),
    "paused": ("⏸️ En pause", "⏸️ Paused"),
    "cancelled": ("❌ Annulé", "❌ Cancelled"),
    "expired": ("⌛ Expiré", "⌛ Expired"),
    "reserved": ("🤝 Réservé", "🤝 Reserved"),
}
"""What stands before the title of a listing that is not simply open; old clients see it too."""

CALL_STATES: Mapping[ListingStatus, tuple[str, str]] = {
    "fulfilled": ("✅ Réparé", "✅ Repaired"),
    "reserved": ("🤝 Quelqu’un vient", "🤝 Somebody is coming"),
}
"""The same of a repair call, where it is called otherwise."""

_CONDITIONS = {
    "new": ("neuf", "new"),
    "like-new": ("comme neuf", "as good as new"),
    "good": ("bon état", "good condition"),
    "used": ("état d’usage", "used"),
    "to-repair": ("à réparer", "to be repaired"),
}

_MONTHS = (
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
)


def find_wording(kind: ListingKind, mode: ListingMode) -> Wording:
    """The words for this kind and mode; a mode that we do not know is an offer or a request and nothing more."""
    if kind == "repair_call":
        return _REPAIR
    if kind == "request":
        return _REQUESTS.get(mode) or _request(None)
    return _OFFERS.get(mode) or _offer(None, "🤲", "Offre", "Offer")


def write_return(until: datetime) -> str:
    """From when on somebody is there again; in French, since a profile has one text for all."""
    day = until.astimezone(PARIS)
    return f"De retour le {'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1][0]} {day.year}"


def write_title(details: ListingDetails, language: str) -> str:
    """The first line: state, kind, title and price, as plain text. A title that says the kind itself is enough."""
    wording = find_wording(details.kind, details.mode)
    french = language == "fr"
    label = f"{wording.french}{NBSP}: " if french else f"{wording.english}: "
    if _names_kind(details.title, wording):
        label = ""
    before = write_state(details.status, language, call=details.kind == "repair_call")
    price = write_price(details, language)
    return f"{before}{wording.emoji} {label}{details.title}" + (f", {price}" if price else "")


def _names_kind(title: str, wording: Wording) -> bool:
    """Such as "Cherche diable", "Je cherche un diable", "Recherche un diable", "Don de plants"."""
    typed = title.casefold().removeprefix("je ")
    words = {wording.french.casefold(), wording.english.casefold(), f"re{wording.french.casefold()}"}
    return any(typed == word or typed.startswith((f"{word} ", f"{word}{NBSP}", f"{word}:")) for word in words)


def write_state(status: ListingStatus, language: str, *, call: bool = False) -> str:
    """What stands before the title, also that of a repair `call`; nothing where it is simply open."""
    state = (CALL_STATES.get(status) if call else None) or STATES.get(status)
    return f"{state[0 if language == 'fr' else 1]} — " if state else ""


def write_price(details: ListingDetails, language: str) -> str:
    """What is asked for: an amount, a free price, or nothing."""
    if details.free_price:
        return "prix libre" if language == "fr" else "pay what you want"
    return write_money(details.price, language) if details.price else ""


def write_money(amount: Decimal, language: str) -> str:
    """`25 €`, `12,50 €`; in English `€25`, `€12.50`."""
    written = format(amount.quantize(Decimal("0.01")), "f").removesuffix(".00")
    return f"{written.replace('.', ',')}{NBSP}€" if language == "fr" else f"€{written}"


def write_facts(details: ListingDetails, language: str) -> list[str]:
    """What a reader wants to know at a glance, after the place: condition, deposit, what is wanted, when."""
    french = language == "fr"
    facts = []
    if details.condition in _CONDITIONS:
        facts.append(_CONDITIONS[details.condition][0 if french else 1])
    if details.deposit:
        facts.append(f"{'caution' if french else 'deposit'} {write_money(details.deposit, language)}")
    if details.wants:
        facts.append(f"{'contre' if french else 'for'} {details.wants}")
    facts += _write_repair(details.repair or {}, french=french)
    window = _write_window(details.begins_at, details.ends_at, french=french)
    return [*facts, window] if window else facts


def _write_repair(repair: Mapping[str, Any], *, french: bool) -> list[str]:
    """What a repairer asks first: whether it rolls, how urgent it is, who comes to whom, which part it takes."""
    said = [_RIDEABLE.get(repair.get("rideable")), _URGENCIES.get(repair.get("urgency") or "")]
    if repair.get("travel_km"):
        far = f"{repair['travel_km']}{NBSP}km"
        said.append((f"peut venir jusqu’à {far}", f"can come up to {far}"))
    if repair.get("part"):
        said.append((f"pièce : {repair['part']}", f"part: {repair['part']}"))
    said.append(_REWARDS.get(repair.get("reward") or ""))
    return [words[0 if french else 1] for words in said if words]


def _write_window(begins: datetime | None, ends: datetime | None, *, french: bool) -> str:
    days = [write_day(moment, french=french) if moment else None for moment in (begins, ends)]
    match days:
        case [None, None]:
            return ""
        case [_, None]:
            words = ("à partir du {0}", "from {0}")
        case [None, _]:
            words = ("jusqu’au {1}", "until {1}")
        case [first, last] if first == last:
            words = ("le {0}", "on {0}")
        case _:
            words = ("du {0} au {1}", "from {0} to {1}")
    return words[0 if french else 1].format(*days)


def write_hour(moment: datetime, *, french: bool) -> str:
    """The hour on the clocks of the territories: `18 h`, `18 h 30`; in English `18:30`."""
    local = moment.astimezone(PARIS)
    if not french:
        return f"{local.hour}:{local.minute:02}"
    return f"{local.hour}{NBSP}h" + (f"{NBSP}{local.minute:02}" if local.minute else "")


def write_day(moment: datetime, *, french: bool) -> str:
    """The day on the clocks of the territories: `13 mai`, `1er mai`; in English `13 May`."""
    day = moment.astimezone(PARIS)
    month = _MONTHS[day.month - 1][0 if french else 1]
    return f"{'1er' if french and day.day == 1 else day.day} {month}"
