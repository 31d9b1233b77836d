"""A search in words, as titles and alerts say it: "Les offres pour « tente », à moins de 10 km de Lomme, en prêt"."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from models.listings import categories
from web.rendering.category_words import name_category
from web.rendering.formats import format_in, format_of
from web.rendering.i18n import N_, Say

KINDS: dict[tuple[str, ...], str] = {
    ("offer",): N_("Les offres"),
    ("request",): N_("Les demandes"),
    ("repair_call",): N_("Les pannes de vélo"),
    ("offer", "request"): N_("Les offres et les demandes"),
    ("offer", "repair_call"): N_("Les offres et les pannes de vélo"),
    ("request", "repair_call"): N_("Les demandes et les pannes de vélo"),
}

MODES: dict[str, str] = {
    "loan": N_("en prêt"),
    "gift": N_("en don"),
    "swap": N_("en échange"),
    "sale": N_("en vente"),
    "service": N_("en service"),
}


class Watched(Protocol):
    """What is looked for: an alert, or a search."""

    @property
    def text(self) -> str: ...
    @property
    def kinds(self) -> Sequence[str]: ...
    @property
    def modes(self) -> Sequence[str]: ...
    @property
    def category(self) -> str | None: ...
    @property
    def subcategory_label(self) -> str | None: ...
    @property
    def territory_uris(self) -> Sequence[str]: ...
    @property
    def communes(self) -> Sequence[str]: ...
    @property
    def epcis(self) -> Sequence[str]: ...
    @property
    def area(self) -> str: ...
    @property
    def coop(self) -> str: ...
    @property
    def radius(self) -> float | None: ...
    @property
    def with_photo(self) -> bool: ...
    @property
    def from_places(self) -> bool: ...


def describe_search(say: Say, language: str, one: Watched, *, also: Iterable[str] = ()) -> str:
    """One sentence, without a full stop; `also` is what else narrows it, each with its comma."""
    parts = [say(KINDS.get(tuple(one.kinds), N_("Les annonces")))]
    if one.text:
        parts.append(say(N_(" pour « %(text)s »"), text=one.text))
    if name := one.subcategory_label or _name_category(say, language, one.category):
        parts.append(say(N_(" dans « %(category)s »"), category=name))
    parts += [_describe_area(say, language, one), _describe_coop(say, one)]
    if one.modes:
        modes = say(N_(" ou ")).join(say(MODES[mode]) for mode in one.modes if mode in MODES)
        parts.append(f", {modes}")
    parts.append(say(N_(", avec photo")) if one.with_photo else "")
    parts.append(say(N_(", dans un lieu partenaire")) if one.from_places else "")
    return "".join([*parts, *also])


def _name_category(say: Say, language: str, chosen: str | None) -> str:
    category = categories.find_chosen(chosen or "")
    return name_category(category, say, language) if category else ""


def _describe_area(say: Say, language: str, one: Watched) -> str:
    if one.radius is not None:
        return say(N_(", à moins de %(km)s km %(place)s"), km=f"{one.radius:g}", place=format_of(one.area, language))
    if one.communes or one.epcis:
        return f", {format_in(one.area, language)}"
    return say(N_(", autour %(place)s"), place=format_of(one.area, language)) if one.area else ""


def _describe_coop(say: Say, one: Watched) -> str:
    if one.coop:
        return say(N_(", chez %(coop)s"), coop=one.coop)
    return say(N_(", dans vos territoires")) if one.territory_uris else ""


def lower_first(words: str) -> str:
    """The words of a search inside a sentence."""
    return words[:1].lower() + words[1:]
