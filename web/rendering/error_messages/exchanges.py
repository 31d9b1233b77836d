"""What two people do about a listing: messages, terms, thanks, guests."""

REFUSALS = {
    "proposal_link_expired": "Ce lien a déjà servi, ou la proposition ne tient plus.",
    "offer_missing": "Un oui vaut pour des conditions précises : rechargez la page, puis répondez.",
    "terms_outdated": "Ces conditions ne sont plus sur la table : regardez les dernières, puis répondez.",
    "already_accepted": "Vous avez déjà dit oui : il reste à attendre la confirmation, ou à retirer votre demande.",
    "already_asked_again": "Cette personne n’a rien écrit depuis la dernière question : il reste à attendre sa "
    "réponse.",
    "messaging_blocked": "Vous ne pouvez plus vous écrire ici.",
    "not_what_was_agreed": "Ce n’est pas ce qui était convenu.",
    "proposal_not_possible": "Cette personne peut demander elle-même, depuis l’annonce : écrivez-lui vos dates.",
    "proposal_already_open": "Une proposition est déjà en cours avec cette personne : changez-la, ou terminez-la "
    "d’abord.",
    "nothing_to_answer": "L’annonce a été retirée, et il n’y a plus rien à quoi répondre ici.",
    "photos_not_mailed": "Les photos ne partent pas par courriel : écrivez à cette personne sans photo.",
    "not_done_yet": "Dites d’abord tous les deux que c’est fait : le merci vient après.",
    "thanks_missing": "Écrivez un mot de merci.",
    "thanks_not_public": "L’annonce n’est pas ouverte à tous : ce merci reste entre vous deux.",
    "thanks_name_others": "Un merci entre vous deux ne nomme personne d’autre.",
    "already_thanked": "Vous avez déjà dit merci pour cet échange.",
    "guest_name_invalid": "Dites comment on vous appelle, en %(most)s caractères au plus.",
    "too_many_links": "Deux liens au plus dans un premier message : dites le reste avec vos mots.",
    "guest_link_expired": "Ce lien ne sert plus.",
    "message_missing": "Écrivez votre message.",
    "message_empty": "Un message a un texte ou une photo.",
    "idempotency_key_reused": "Cette Idempotency-Key a déjà servi pour autre chose.",
    "agreement_requested": "Cette demande attend encore une réponse : elle peut être acceptée, changée, refusée ou "
    "retirée.",
    "agreement_countered": "Une autre proposition attend une réponse de l’autre personne : elle peut être retirée.",
    "agreement_agreed": "Vous êtes déjà d’accord : il reste à annuler, ou à dire quand c’est fait.",
    "agreement_done": "C’est déjà fait : vous pouvez le confirmer et dire merci.",
    "agreement_refused": "Cette demande a été refusée : vous pouvez en faire une autre.",
    "agreement_withdrawn": "Cette demande a été retirée : une autre peut être faite.",
    "agreement_cancelled": "Cet accord a été annulé : une autre demande peut être faite.",
    "agreement_expired": "Cette demande est restée sans réponse et s’est éteinte : une autre peut être faite.",
}
