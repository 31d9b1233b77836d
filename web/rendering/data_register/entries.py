"""A line of the register: in sentences, with the lengths that they name and the sweeps that keep the promise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from models.preferences import Preferences
from web.rendering.data_register.lengths import Length
from web.rendering.i18n import N_

Basis = Literal["contract", "interest", "law"]

BASES: dict[Basis, str] = {
    "contract": N_("le service que vous demandez (RGPD, article 6.1.b)"),
    "interest": N_("l’intérêt légitime de la coop et des autres membres (article 6.1.f)"),
    "law": N_("une obligation légale (article 6.1.c)"),
}
"""By what right something is kept, in the words of the law and in plain ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One purpose: what is kept for it, why and by what right, who sees it, how long.

    `kept` names its `lengths` as `%(name)s`. `sweeps` are those of the nightly chore that forget it. It is `asked`
    where the cooperative's settings have it kept.
    """

    name: str
    what: str
    why: str
    basis: Basis
    readers: str
    kept: str
    lengths: Mapping[str, Length] = field(default_factory=dict)
    sweeps: tuple[str, ...] = ()
    asked: Callable[[Preferences], bool] = lambda _: True
