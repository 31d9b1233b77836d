"""Why terms are refused, in French: a Reject takes these words to whoever offered them, at another cooperative.

The words have to leave, as `content`: what refuses is the other server, whose codes mean nothing to ours, and FEP-0837
has no place for any; and French, since which language the other one reads is known to her own server alone. That one,
where it is a Déclic, knows the sentences again and says them in her language
(`web/rendering/error_messages/lookup.reword`).
Pages and apps of ours say the same refusals from here too, translated (`web/rendering/error_messages/`).
"""

from models.errors import Refusal
from outbox.builders.texts.wording import NBSP

REFUSALS = {
    "listing_reserved": "C’est réservé pour quelqu’un d’autre.",
    "meeting_not_asked": "On ne demande pas une rencontre comme une annonce : on s’y inscrit, sur sa page.",
    "own_listing": "C’est votre propre annonce.",
    "owner_gone": "La personne qui a publié cette annonce n’est plus là.",
    "request_not_accepted": "Cette annonce ne prend pas votre demande.",
    "too_many_requests_here": "Trois de vos demandes attendent déjà une réponse ici : retirez-en une d’abord.",
    "too_many_requests_waiting": "Trente de vos demandes attendent déjà une réponse : retirez-en une d’abord.",
    "too_many_requests_today": "Vous l’avez beaucoup demandé aujourd’hui : écrivez un message, ou redemandez demain.",
    "too_many_requests_from_server": "Beaucoup de demandes de votre plateforme attendent déjà une réponse : réessayez "
    "plus tard.",
    "all_days_taken": "Tous les jours sont déjà pris pour le moment.",
    "request_already_made": "Cette demande est déjà faite.",
    "hold_too_long": "Une demande retient deux mois au plus : choisissez une durée plus courte, ou écrivez un message.",
    "too_many_days_held": "Vos demandes retiennent déjà deux mois ici : attendez une réponse, ou retirez-en une "
    "d’abord.",
    "too_many_days_held_by_server": "Les demandes de votre plateforme retiennent déjà beaucoup de jours ici : "
    "réessayez plus tard.",
    "quantity_invalid": "Indiquez un nombre entier, à partir de 1.",
    "end_before_start": "La fin doit venir après le début.",
    "date_too_far": "C’est dans plus de deux ans : choisissez une date plus proche.",
    "terms_place_too_long": "Le lieu est trop long : %(most)s caractères au plus.",
    "terms_return_too_long": "Ce que vous donnez en échange est trop long : %(most)s caractères au plus.",
    "terms_note_too_long": "La précision est trop longue : %(most)s caractères au plus.",
    "unit_mismatch": "L’unité n’est pas celle de l’annonce.",
    "quantity_mismatch": "La quantité n’est pas celle de l’annonce.",
    "amount_invalid": "Indiquez un montant, ou rien.",
    "amount_mismatch": "Le montant n’est pas celui de l’annonce.",
    "start_missing": "Dites à partir de quand.",
    "start_missing_too": "Dites aussi à partir de quand.",
    "end_missing": "Dites jusqu’à quand.",
    "dates_past": "Ces dates sont passées.",
    "duration_too_long": "C’est plus d’un an : choisissez une durée plus courte.",
    "terms_after_shutdown": "Une des deux coops ferme sa plateforme avant la fin de cela : choisissez des jours plus "
    "proches.",
    "dates_taken": "Ces dates sont déjà prises : choisissez d’autres jours.",
    "slot_unknown": "On prend rendez-vous à une heure de la liste : choisissez-en une.",
    "visit_commune_missing": "On vient chez vous : dites dans quelle commune. On se déplace à : %(communes)s.",
    "visit_commune_outside": "On ne se déplace pas dans cette commune, seulement à : %(communes)s.",
    "already_agreed_with_another": "Quelqu’un d’autre s’est déjà mis d’accord pour cette annonce.",
    "reserve_first": "Quelqu’un de la liste de réserve a d’abord le choix : attendez sa réponse.",
    "listing_paused": "Cette annonce est en pause : elle ne prend pas de demande pour le moment.",
    "listing_closed": "Cette annonce n’est plus ouverte aux demandes.",
    "quantity_missing": "Les conditions ne disent pas combien.",
    "return_unit_mismatch": "L’unité de ce qui est donné en échange n’est pas celle de l’annonce.",
    "return_mismatch": "Ce qui est donné en échange n’est pas ce que dit l’annonce.",
    "intent_mismatch": "Les conditions doivent répondre à ce que l’annonce propose, et à rien d’autre.",
    "terms_attributed_to_another": "Les conditions sont au nom de quelqu’un d’autre.",
    "terms_name_others": "Les conditions nomment d’autres personnes que vous deux.",
    "return_of_another_listing": "Ce qui est donné en échange est d’une autre annonce.",
    "not_enough_points": "Vous n’avez pas assez de points pour cela : votre page dit ce qui vous reste.",
    "partner_lacks_points": "L’autre personne n’a pas assez de points pour cela en ce moment.",
    "points_out_of_range": "Un prix va de %(least)s à %(most)s points.",
    "message_too_long": "Le message est trop long : %(most)s caractères au plus.",
    "reserve_full": "Beaucoup de personnes attendent déjà : la liste est pleine.",
    "too_many_waiting_lists": "Vous êtes déjà sur %(most)s listes d’attente : quittez-en une d’abord.",
    "nothing_to_wait_for": "Il n’y a rien à attendre : demandez-le depuis l’annonce.",
    "days_free": "Ces jours sont libres : demandez-les tout de suite depuis l’annonce.",
    "owner_away": "Cette personne est absente en ce moment. Sa page dit quand elle revient.",
}
"""By their codes; a test holds that every refusal that may answer an Offer is among them."""

NOES = {
    "other_chosen": "Quelqu’un d’autre a été choisi. Merci d’avoir répondu !",
    "repairer_chosen": "Quelqu’un d’autre va s’occuper de ce vélo. Merci d’avoir proposé votre aide !",
    "reserve_question": "Si vous voulez rester sur la liste de réserve, répondez « oui » dans les quatorze jours : "
    "si c’est de nouveau libre, la question vous sera posée à votre tour.",
    "reserve_later": "La question est d’abord posée à quelqu’un d’autre. Vous restez sur la liste de réserve.",
    "listing_over": "L’annonce est close. Merci d’avoir répondu !",
    "not_for_you": "Cette annonce ne prend pas cette demande.",
    "not_offered": "Cette annonce n’est pas proposée ici.",
}
"""What a no says of itself that answers no mistake: who else was chosen, and no more to the blocked than to others."""


def write_reason(refusal: Refusal) -> str:
    """The sentence with its values, numbers as French writes them: "2 000"."""
    values = {
        name: f"{value:,}".replace(",", NBSP) if isinstance(value, int) else value
        for name, value in refusal.values.items()
    }
    return REFUSALS[refusal.code] % values
