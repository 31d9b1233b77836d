"""The cooperative's own words, as fields: each empty for ours."""

from web.pages.instance.settings.fields import SettingField
from web.rendering.i18n import N_
from web.rendering.own_words import WORD_LIMIT


def _word(name: str, label: str) -> SettingField:
    return SettingField(name=name, kind="text", label=label, limit=WORD_LIMIT)


LISTING_WORDS = (
    _word("word_offer", N_("À la place de « Offre »")),
    _word("word_request", N_("À la place de « Demande »")),
    _word("word_repair_call", N_("À la place de « Panne de vélo »")),
    _word("word_loan", N_("À la place de « Prêt »")),
    _word("word_gift", N_("À la place de « Don »")),
    _word("word_swap", N_("À la place de « Échange »")),
    _word("word_sale", N_("À la place de « Vente »")),
    _word("word_service", N_("À la place de « Service »")),
)

PAGE_WORDS = (
    _word("word_listings", N_("À la place de « Annonces »")),
    _word("word_publish", N_("À la place de « Publier »")),
    _word("word_propose", N_("À la place de « Je propose »")),
    _word("word_seek", N_("À la place de « Je cherche »")),
    _word("word_join", N_("À la place de « Devenir membre »")),
    _word("word_members", N_("À la place de « Membres »")),
    _word("word_partner", N_("À la place de « Dans un lieu partenaire »")),
    _word("word_communities", N_("À la place de « Communautés »")),
)
