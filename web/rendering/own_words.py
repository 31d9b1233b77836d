"""The cooperative's own words for what stands in menus, filters, forms and titles: one table, one place that says them.

Only where the word stands by itself is it replaced: within a sentence ours stays, since its grammar is made for it.
Readers of other languages than the first, and other servers, read the usual words.
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.preferences import Preferences

REPLACED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "word_offer": ("Offre",),
        "word_request": ("Demande",),
        "word_repair_call": ("Panne de vélo",),
        "word_loan": ("Prêt",),
        "word_gift": ("Don",),
        "word_swap": ("Échange",),
        "word_sale": ("Vente",),
        "word_service": ("Service", "Coup de main"),
        "word_listings": ("Annonces", "Les annonces"),
        "word_publish": ("Publier", "Publier une annonce"),
        "word_propose": ("Je propose",),
        "word_seek": ("Je cherche",),
        "word_join": ("Devenir membre",),
        "word_members": ("Membres",),
        "word_partner": ("Dans un lieu partenaire",),
        "word_communities": ("Communautés", "Les communautés"),
    }
)
"""Each word, as a setting, with the sentences of the catalogue that it takes the place of."""

WORD_LIMIT = 40
"""Characters of a word: it stands in the bar of a phone."""


def find_words(chosen: Preferences) -> Mapping[str, str]:
    """What is said in place of which sentence."""
    own = {name: getattr(chosen, name) for name in REPLACED}
    return {sentence: own[name] for name, sentences in REPLACED.items() if own[name] for sentence in sentences}


class OwnWords:
    """The words that count now in one instance, as its pages read them; the one value of rendering that may change."""

    def __init__(self) -> None:
        """None yet."""
        self.current: Mapping[str, str] = {}
