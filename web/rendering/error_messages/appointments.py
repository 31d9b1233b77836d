"""Appointments of shops: how they are taken, and who walks in."""

REFUSALS = {
    "book_for_shops_only": "Seul un lieu prend des rendez-vous : une personne propose plutôt un service.",
    "no_appointments": "Ce lieu ne prend pas de rendez-vous ici.",
    "slot_length_out_of_range": "Un rendez-vous dure de %(least)s à %(most)s minutes.",
    "capacity_out_of_range": "On reçoit de 1 à %(most)s personnes en même temps.",
    "notice_out_of_range": "On demande un rendez-vous jusqu’à %(most)s heures à l’avance : indiquez de 0 à %(most)s.",
    "horizon_out_of_range": "Les rendez-vous s’ouvrent de 1 à %(most)s jours à l’avance.",
    "book_has_visits": "Des rendez-vous sont encore à venir : fermez d’abord l’agenda, et retirez l’annonce quand "
    "ils sont passés ou annulés.",
    "slot_full": "C’est complet à cette heure-là : choisissez-en une autre.",
    "slot_in_own_calendar": "Votre agenda dit que vous êtes pris à cette heure-là : choisissez-en une autre.",
    "calendar_address_too_long": "Cette adresse est trop longue : %(most)s caractères au plus.",
    "calendar_address_invalid": "Collez l’adresse iCal entière de votre agenda : elle commence par https:// et ne "
    "contient ni nom ni mot de passe devant un @.",
    "calendar_address_own": "C’est une adresse d’ici : ces rendez-vous comptent déjà. Donnez celle de l’agenda que "
    "vous tenez ailleurs.",
    "walk_in_too_long": "C’est trop long : %(most)s caractères au plus.",
    "walk_in_name_missing": "Dites qui vient, même un prénom.",
    "walk_in_day_out_of_range": "Choisissez une heure d’aujourd’hui, ou des six mois à venir.",
}
