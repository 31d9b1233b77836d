"""What an import would make or has made, in words: for the page, and for who runs a command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.errors import Refusal
from models.repairs.importing.imports import ItemKind
from models.repairs.importing.lines import Fault, ImportFault
from outbox.repairs.importing.plan import Doubt, ImportDoubt, ImportPlan
from web.pages.repairs.importing.reading import UnreadFile
from web.rendering.i18n import N_, Say

MOST_SHOWN = 100
"""Mistakes that are shown; the rest is counted."""

MOST_OF_A_KIND = 20
"""Lines that are named of one doubt."""

COUNT_WORDS: Mapping[ItemKind, str] = {
    "shop": N_("Ateliers"),
    "manager": N_("Personnes qui gèrent, et sont membres"),
    "bike": N_("Vélos"),
    "entry": N_("Lignes de carnets"),
    "result": N_("Réparations faites, avec leur résultat"),
    "walk_in": N_("Rendez-vous à venir, dans l’agenda des ateliers"),
}

FAULT_WORDS: dict[Fault, str] = {
    "missing": N_("cette case ne peut pas être vide"),
    "too_long": N_("c’est trop long (« %(value)s »)"),
    "no_price": N_("« %(value)s » n’est pas un prix en centimes"),
    "no_date": N_("« %(value)s » n’est pas une date"),
    "no_day": N_("« %(value)s » n’est pas un jour de la semaine"),
    "no_hour": N_("« %(value)s » n’est pas une heure"),
    "ends_before": N_("« %(value)s » vient avant le début"),
    "no_mail": N_("« %(value)s » n’est pas une adresse de courriel"),
    "twice": N_("ce numéro est déjà à la ligne %(value)s"),
    "cells": N_("%(value)s cases de plus que de colonnes : un séparateur de trop ?"),
    "unknown_repairer": N_("aucun réparateur n’a le numéro « %(value)s »"),
    "unknown_bike": N_("aucun vélo n’a le numéro « %(value)s »"),
    "unknown_outcome": N_("« %(value)s » n’est pas un résultat : réparé, réparable, hors d’usage, inconnu"),
}

DOUBT_WORDS: dict[Doubt, str] = {
    "shop_not_enabled": N_("Ateliers qui n’étaient pas validés là-bas : laissés"),
    "shop_named_already": N_("Ateliers dont un d’ici porte déjà le nom : laissés"),
    "shop_type_unknown": N_("Ateliers dont le genre reste à choisir"),
    "shop_commune_unknown": N_("Ateliers dont nous ne trouvons pas la commune"),
    "shop_cities_unknown": N_("Communes d’intervention que nous ne trouvons pas"),
    "shop_street_left": N_("Ateliers dont la rue n’est pas reprise, car elle serait publique tout de suite : "
                           "à écrire par qui les gère"),
    "manager_unknown": N_("Ateliers dont la gérante ou le gérant n’est pas encore membre"),
    "prices_too_many": N_("Listes de prix trop longues : coupées"),
    "hours_too_many": N_("Horaires ou fermetures trop nombreux : coupés"),
    "bike_of_nobody": N_("Vélos de personnes qui ne sont pas membres : laissés"),
    "entry_of_nobody": N_("Lignes de carnets de ces vélos, ou de vélos effacés ici : laissées"),
    "appointment_over": N_("Rendez-vous passés dont personne n’a noté le résultat : laissés"),
    "appointment_not_agreed": N_("Rendez-vous à venir qui ne sont pas encore validés : à régler là-bas"),
    "appointment_without_book": N_("Rendez-vous à venir chez un atelier qui n’a pas encore ouvert son agenda ici : "
                                   "importez à nouveau quand ce sera fait, ou notez-les comme passages"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtGroup:
    """All lines of one doubt: how many, and the first of them."""

    words: str
    count: int
    lines: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a page or a command says of a plan. `broken`: something is wrong, and nothing can be made."""

    counts: Sequence[tuple[str, int]]
    known: int
    faults: Sequence[str]
    more_faults: int
    doubts: Sequence[DoubtGroup]

    @property
    def broken(self) -> bool:
        """Whether any file has a mistake."""
        return bool(self.faults)

    @property
    def makes_something(self) -> bool:
        """Whether there is anything to make."""
        return any(count for _, count in self.counts)


def make_report(
    say: Say, tell: Callable[[Refusal], str], plan: ImportPlan, unread: Sequence[UnreadFile]
) -> ImportReport:
    """The plan in words; `tell` says a refusal."""
    faults = [_say_unread(say, tell, one) for one in unread] + [_say_fault(say, one) for one in plan.faults]
    return ImportReport(
        counts=name_counts(say, plan.counts),
        known=plan.known,
        faults=faults[:MOST_SHOWN],
        more_faults=max(0, len(faults) - MOST_SHOWN),
        doubts=_group(say, plan.doubts),
    )


def name_counts(say: Say, counts: Mapping[ItemKind, int]) -> list[tuple[str, int]]:
    """Each kind with its number, those of which there are any."""
    return [(say(words), counts[kind]) for kind, words in COUNT_WORDS.items() if counts.get(kind)]


def _say_unread(say: Say, tell: Callable[[Refusal], str], one: UnreadFile) -> str:
    if one.refusal is None:
        return say(N_("%(file)s : ce nom ne nous dit pas ce qu’il y a dedans."), file=one.name)
    return say(N_("%(file)s : %(why)s"), file=one.name, why=tell(one.refusal))


def _say_fault(say: Say, one: ImportFault) -> str:
    return say(
        N_("%(file)s, ligne %(line)s, colonne « %(column)s » : %(fault)s."),
        file=one.file,
        line=one.line,
        column=one.column,
        fault=say(FAULT_WORDS[one.fault], value=one.value),
    )


def _group(say: Say, doubts: Sequence[ImportDoubt]) -> list[DoubtGroup]:
    groups: dict[Doubt, list[ImportDoubt]] = {}
    for one in doubts:
        groups.setdefault(one.doubt, []).append(one)
    return [
        DoubtGroup(
            words=say(DOUBT_WORDS[doubt]),
            count=len(found),
            lines=[_say_doubt(say, one) for one in found[:MOST_OF_A_KIND]],
        )
        for doubt, found in groups.items()
    ]


def _say_doubt(say: Say, one: ImportDoubt) -> str:
    where = say(N_("%(file)s, ligne %(line)s"), file=one.file, line=one.line)
    return f"{where} ({one.value})" if one.value else where
