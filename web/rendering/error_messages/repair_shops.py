"""Repair shops: what they say of themselves, what they take, who runs them and whether they appear; frame numbers."""

REFUSALS = {
    "shop_is_no_place": "Un atelier s’ouvre au nom d’un lieu, jamais d’une personne.",
    "shop_type_unknown": "Choisissez parmi les genres d’ateliers proposés.",
    "shop_types_too_many": "Choisissez %(most)s genres au plus.",
    "shop_bike_unknown": "Choisissez parmi les vélos proposés.",
    "shop_repair_unknown": "Choisissez parmi les réparations proposées.",
    "shop_words_too_long": "C’est trop long : %(most)s signes au plus.",
    "shop_communes_too_many": "%(most)s communes au plus.",
    "shop_communes_missing": "Sans atelier où venir, dites dans quelles communes vous passez.",
    "shop_incomplete": "Dites d’abord quel genre d’atelier c’est, quels vélos et quelles réparations, et dans quelle "
    "commune : sans cela, personne ne le trouverait.",
    "shop_asked_already": "C’est déjà demandé : la coop vous répondra.",
    "shop_request_answered": "Quelqu’un de l’équipe a déjà répondu.",
    "shop_reason_missing": "Dites pourquoi : les gens de l’atelier le liront.",
    "shop_staff_invalid": "Ce membre ne peut pas faire partie d’un atelier : il faut le compte d’une personne, qui "
    "participe déjà.",
    "shop_staff_too_many": "%(most)s personnes au plus dans un atelier.",
    "shop_last_manager": "Il faut au moins une personne qui gère : nommez-en d’abord une autre.",
    "prices_too_many": "%(most)s lignes de prix au plus.",
    "price_label_missing": "Dites de quelle réparation il s’agit.",
    "price_label_too_long": "C’est trop long : %(most)s signes au plus.",
    "price_note_too_long": "C’est trop long : %(most)s signes au plus.",
    "repair_price_missing": "Écrivez un prix en euros, par exemple 8 ou 12,50, ou choisissez « prix libre ».",
    "call_ended": "Cet appel est fini : il ne se change plus.",
    "frame_number_missing": "Tapez le numéro qui est gravé sur le cadre.",
    "frame_number_length": "Un numéro de cadre a de %(least)s à %(most)s signes : regardez s’il est entier.",
    "frame_number_signs": "Un numéro de cadre n’a que des lettres sans accent et des chiffres.",
    "frame_inquiries_too_many": "Vous avez posé vos %(most)s questions du jour. Demain, vous pourrez continuer.",
    "frame_inquiries_too_many_here": "La coop a posé ses %(most)s questions du jour. Demain, vous pourrez demander.",
    "price_out_of_range": "Écrivez un prix de 0 à %(most)s €.",
}
