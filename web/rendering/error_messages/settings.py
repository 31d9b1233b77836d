"""Settings of the cooperative that do not go together, or that cannot be taken back."""

from collections.abc import Mapping

from web.rendering.i18n import N_

REFUSALS = {
    "shutdown_already_begun": "La fermeture de la plateforme est déjà prévue.",
    "shutdown_not_begun": "Aucune fermeture de la plateforme n’est prévue.",
    "shutdown_over": "Le délai est passé : la fermeture de la plateforme est en cours et ne s’annule plus.",
    "shutdown_ended": "Cette plateforme a fermé pour toujours.",
    "shutdown_closing": "La plateforme ferme : on n’y publie plus rien.",
    "shutdown_closing_joins": "La plateforme ferme : plus personne ne peut y entrer.",
    "settings_contradict": "Un autre réglage dit le contraire. %(contradiction)s",
    "legal_of_open_site": "Le site est ouvert, et dit qui le publie et qui l’héberge : gardez les deux, ou fermez-le "
    "d’abord.",
    "kind_not_in_use": "Ce genre d’annonces n’est pas pris ici.",
    "category_closed": "Cette catégorie est fermée ici : choisissez-en une autre.",
    "photo_missing": "Ici, une annonce montre au moins une photo.",
    "own_commune_missing": "Ici, on dit d’abord dans quelle commune on habite : écrivez-la dans votre profil, puis "
    "recommencez.",
    "dues_lapsed": "Votre adhésion n’est pas à jour, et ici on emprunte une fois qu’elle l’est. Dans vos réglages, "
    "« Mon adhésion » dit comment la régler ; vos accords en cours continuent.",
    "dues_day_wrong": "Choisissez un jour, d’il y a un an au plus tôt à dans dix ans au plus tard.",
    "dues_of_person": "Une adhésion est celle d’une personne : de ce compte, rien n’est demandé.",
    "sign_up_by_page": "Ici, l’inscription se fait sur le site : %(url)s",
    "page_address_taken": "Une page a déjà cette adresse, ou l’avait avant d’être supprimée : choisissez-en une autre.",
    "page_menu_full": "Le menu tient %(most)s pages : enlevez-en d’abord une, ou mettez celle-ci au pied des pages.",
    "page_deleted_meanwhile": "Quelqu’un a supprimé cette page entre-temps. Votre texte est ci-dessous : remettez "
    "d’abord la page, depuis la liste, puis gardez-le.",
    "page_not_deleted": "Quelqu’un a déjà remis cette page.",
    "subcategories_too_many": "Avec celles ajoutées depuis, « %(name)s » aurait plus de %(most)s sous-catégories : "
    "supprimez-en d’abord une.",
    "subcategories_alike": "Dans « %(category)s », deux sous-catégories s’appelleraient « %(name)s » : une ajoutée "
    "depuis a pris ce nom. Renommez-la d’abord, ou supprimez-la.",
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
    "no_kind": N_("Gardez « Je propose » ou « Je cherche » parmi les genres d’annonces."),
    "calls_off_while_passers_by": N_(
        "Les vélos en panne ne font plus partie des genres d’annonces, alors que les appels de personnes sans compte "
        "sont pris : changez d’abord l’un, ou l’autre."
    ),
    "home_without_loans": N_(
        "Seul le prêt demande une commune : gardez-le parmi les façons d’échanger, ou n’en demandez pas."
    ),
    "background_without_source": N_("Un fond de carte pris ailleurs demande que sa source soit citée."),
    "kilograms_without_source": N_("Dites d’où vient le nombre de kilos : sans sa source, il ne peut pas être publié."),
    "dues_out_of_order": N_(
        "Pour l’adhésion, le montant proposé se place entre le plus bas et le plus haut : changez l’un des trois."
    ),
    "dues_lapse_without_loans": N_(
        "Sans adhésion à jour, on ne peut plus emprunter : gardez le prêt parmi les façons d’échanger, ou ne retenez "
        "rien."
    ),
}
"""What is said of each contradiction of `models/coop/contradictions`."""
