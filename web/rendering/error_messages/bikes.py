"""Bikes of members and their books: how many, how full, which files."""

REFUSALS = {
    "bikes_too_many": "%(most)s vélos au plus : effacez-en un pour en noter un autre.",
    "book_full": "Ce carnet est plein : %(most)s lignes au plus.",
    "reminders_too_many": "%(most)s rappels au plus pour un vélo.",
    "bike_not_to_give": "Ce vélo est parti ou noté comme volé : il ne se donne pas.",
    "bike_under_way": "Le carnet est déjà en route.",
    "bike_taken": "Quelqu’un d’autre a déjà dit oui à ce code, ou il n’ouvre plus.",
    "bike_is_yours": "C’est déjà votre vélo.",
    "bike_taker_gone": "La personne qui a dit oui n’est plus membre : faites un autre code.",
    "bike_yes_too_old": "Ce oui date de plus d’un mois : annulez, et faites un autre code.",
    "bike_taker_full": "La personne qui le prend a déjà noté trop de vélos : il faut d’abord qu’elle en efface un.",
    "bike_taker_unfit": "La plateforme de cette personne ne sait pas recevoir un vélo avec son carnet.",
    "bike_asked_often": "Ce code a déjà été proposé à cette adresse, ou à trop d’autres.",
    "bike_book_too_heavy": "Ce carnet est trop long pour partir vers une autre coop : effacez des lignes, ou "
    "exportez-le.",
    "bike_files_too_heavy": "Les photos et factures de vos vélos pèsent déjà %(most)s Mo ensemble : ôtez-en pour en "
    "ajouter.",
    "entry_photos_too_many": "%(most)s photos au plus pour une ligne.",
    "entry_invoices_too_many": "Une seule facture par ligne : ôtez d’abord l’autre.",
    "result_photos_too_many": "%(most)s photos au plus avec un résultat : ôtez-en d’abord.",
    "result_invoices_too_many": "Une seule facture avec un résultat : ôtez d’abord l’autre.",
    "result_files_for_nobody": "La personne dont c’est le vélo n’a pas de carnet où les ranger.",
    "result_answered": "La personne dont c’est le vélo a déjà répondu : les photos et la facture ne partent plus.",
    "invoice_unreadable": "Cette facture n’est ni un PDF ni une photo.",
    "invoice_too_heavy": "Cette facture est trop lourde : %(most)s Mo au plus.",
}
