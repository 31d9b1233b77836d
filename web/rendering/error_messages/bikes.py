"""Bikes of members and their books: how many, how full, which files."""

REFUSALS = {
    "bikes_too_many": "%(most)s vélos au plus : effacez-en un pour en noter un autre.",
    "book_full": "Ce carnet est plein : %(most)s lignes au plus.",
    "bike_files_too_heavy": "Les photos et factures de vos vélos pèsent déjà %(most)s Mo ensemble : ôtez-en pour en "
    "ajouter.",
    "entry_photos_too_many": "%(most)s photos au plus pour une ligne.",
    "entry_invoices_too_many": "Une seule facture par ligne : ôtez d’abord l’autre.",
    "invoice_unreadable": "Cette facture n’est ni un PDF ni une photo.",
    "invoice_too_heavy": "Cette facture est trop lourde : %(most)s Mo au plus.",
}
