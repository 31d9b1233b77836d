"""Settings of the cooperative that do not go together, or that cannot be taken back."""

from collections.abc import Mapping

from web.rendering.i18n import N_

REFUSALS = {
    "settings_contradict": "Un autre réglage dit le contraire. %(contradiction)s",
    "setting_not_undoable": "Cette valeur est déjà en place, ou ne convient plus aujourd’hui.",
}

CONTRADICTIONS: Mapping[str, str] = {
    "closed_while_members_invite": N_(
        "Si les inscriptions sont fermées, « Chaque membre peut inviter » doit être à 0 ; sinon, choisissez « Sur "
        "invitation »."
    ),
    "passers_by_without_guests": N_(
        "« Répondre aux annonces par courriel, sans compte » est décoché, alors que les appels de personnes sans "
        "compte sont pris : changez d’abord l’un, ou l’autre."
    ),
    "points_without_use": N_(
        "Les points se gagnent en prêtant ou en rendant service : gardez le prêt ou le service parmi les façons "
        "d’échanger, ou ne comptez pas de points."
    ),
    "markets_without_goods": N_(
        "Les places de marché montrent des dons et des ventes : gardez l’un des deux parmi les façons d’échanger, ou "
        "ne les laissez pas faire."
    ),
    "no_way_to_exchange": N_("Gardez au moins une façon d’échanger."),
    "background_without_source": N_("Un fond de carte pris ailleurs demande que sa source soit citée."),
}
"""What is said of each contradiction of `models/coop/contradictions`."""
