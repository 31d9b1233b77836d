"""Members: names, log-in, joining, profiles, moving, absences, points."""

REFUSALS = {
    "email_already_confirmed": "Cette adresse est déjà confirmée.",
    "profile_choice_fixed": "Sur cette plateforme, %(name)s vaut toujours %(value)s.",
    "attribution_domains_unsupported": "Cette plateforme n’écrit pas d’aperçus de liens qui nomment leur auteur.",
    "username_invalid": "Un nom d’utilisateur a de 1 à 30 signes, parmi a–z, 0–9 et _.",
    "username_reserved": "Le nom %(username)s est réservé.",
    "username_taken": "Le nom %(username)s est pris, ou l’a été.",
    "names_at_rest": "La plateforme vient d’être restaurée d’une sauvegarde. Tant que les autres plateformes n’ont pas "
    "dit quels comptes ont été perdus, aucun nom nouveau n’est donné. Réessayez dans %(minutes)s\u00a0minutes\u00a0: "
    "ce que vous avez écrit ici reste.",
    "email_taken": "Cette adresse a déjà un compte ici.",
    "account_not_found": "Ce compte n’existe pas.",
    "last_administrator": "Il faut au moins une personne qui administre. Donnez d’abord ce rôle à quelqu’un d’autre.",
    "authority_without_roles": "C’est le compte d’une collectivité : il n’a pas de rôle dans la coop. Donnez le rôle à "
    "quelqu’un d’autre.",
    "authority_invites_nobody": "Le compte d’une collectivité ne fait entrer personne.",
    "authority_of_team": "Ce compte a un rôle dans la coop. Ôtez-le d’abord : une collectivité ne fait entrer "
    "personne.",
    "authority_of_manager": "Ce compte gère ou modère une communauté. Qu’il passe d’abord la main : une collectivité "
    "ne fait entrer personne.",
    "authority_of_person": "C’est le compte d’une personne. Créez pour la collectivité un compte à elle.",
    "too_many_sign_ups": "Beaucoup de personnes attendent déjà. Revenez dans quelques jours.",
    "sign_up_waiting": "Une demande qui attend porte déjà ce nom ou cette adresse.",
    "duty_week_invalid": "Choisissez une semaine à venir, dans les trois mois.",
    "duty_receiver_invalid": "Choisissez une personne qui a ce rôle.",
    "duty_not_held": "Cette semaine n’est plus à vous : quelqu’un l’a déjà prise, ou vous l’avez passée.",
    "sign_up_messages_wait": "Vos %(most)s derniers messages attendent une réponse : laissez à l’équipe le temps de "
    "les lire.",
    "too_many_sign_up_messages": "%(most)s messages, c’est beaucoup : parlez-vous plutôt de vive voix.",
    "sign_up_answered": "Cette demande a déjà reçu une réponse.",
    "invitation_closed": "Cette invitation ne sert plus : ses places sont prises, ou elle a été arrêtée.",
    "invitations_used_up": "Il vous reste %(left)s invitations à donner.",
    "too_many_invitation_mails": "Courriels qui peuvent encore partir aujourd’hui : %(left)s. Envoyez les autres "
    "demain.",
    "list_is_workbook": "C’est un classeur : enregistrez-le d’abord en CSV, dans votre tableur.",
    "list_unreadable": "Ce fichier ne se lit pas comme une liste : enregistrez-le en CSV, dans votre tableur.",
    "list_too_long": "%(most)s personnes au plus à la fois : coupez la liste en deux.",
    "table_too_long": "%(most)s annonces au plus à la fois : coupez le tableau en deux.",
    "table_without_title": "Il manque une colonne « titre » dans la première ligne. Elle dit : %(heads)s.",
    "list_empty": "Choisissez un fichier, ou collez une liste.",
    "dues_list_columns": "Il faut une colonne « courriel » ou « nom de membre », et une colonne « jusqu’au ». La "
    "première ligne dit : %(heads)s.",
    "list_without_email": "Il manque une colonne « courriel » dans la première ligne. Elle dit : %(heads)s.",
    "list_without_name": "Il manque une colonne « prénom » ou « nom » dans la première ligne. Elle dit : %(heads)s.",
    "document_published_meanwhile": "Quelqu’un de l’équipe a publié une version entre-temps : relisez-la, puis "
    "publiez la vôtre.",
    "documents_due": "Les règles de la coop ont changé : ouvrez %(url)s, lisez-les et acceptez-les, puis recommencez.",
    "passkey_not_added": "Cette clé est déjà connue, ou il y en a trop.",
    "passkey_unreadable": "Cette clé d’accès n’est pas lisible.",
    "passkey_mismatch": "Cette clé d’accès n’est pas la bonne.",
    "link_expired": "Ce lien a déjà servi, ou il est trop ancien.",
    "reason_invalid": "Dites pourquoi, en %(most)s caractères au plus.",
    "correction_out_of_range": "Une correction va de 1 à %(most)s points.",
    "day_past": "Ce jour est passé. Choisissez-en un à partir de demain.",
    "absence_too_long": "Une absence dure un an au plus.",
    "account_moved": "Vous avez déménagé : écrivez depuis votre nouveau compte, ou revenez ici à la page « Déménager "
    "».",
    "move_to_self": "C’est l’adresse de ce compte-ci. Donnez celle du nouveau.",
    "move_target_not_followable": "Personne ne peut suivre ce compte.",
    "move_target_moved": "Ce compte a déménagé lui aussi.",
    "server_not_welcome": "Notre coop n’échange pas avec cette plateforme.",
    "alias_missing": "Ce compte ne dit pas encore qu’il est aussi le vôtre. Ajoutez-y d’abord l’adresse d’ici.",
    "moved_recently": "Ce compte a déménagé il y a moins de sept jours. Attendez un peu.",
    "alias_of_self": "C’est l’adresse de ce compte-ci. Donnez celle de l’ancien.",
    "too_many_aliases": "Dix anciens comptes au plus.",
    "client_credentials_required": "Il faut pour cela le jeton d’une application seule (grant_type "
    "client_credentials).",
    "registrations_closed": "Cette coop accueille elle-même ses membres : écrivez-lui pour la rejoindre.",
    "approval_pending": "Votre demande est notée : connectez-vous quand quelqu’un de la coop aura dit oui.",
    "reason_missing": "Dites en quelques mots pourquoi vous voulez entrer : l’équipe lit chaque demande.",
    "agreement_required": "agreement doit être vrai : qui rejoint la coop accepte ses règles.",
    "email_invalid": "Donnez une adresse de courriel entière, comme marie@exemple.fr.",
    "email_unconfirmed": "Confirmez d’abord votre adresse : un courriel avec un lien vous a été envoyé.",
    "display_name_too_long": "Un nom a %(most)s caractères au plus.",
    "bio_too_long": "Une présentation a %(most)s caractères au plus.",
    "profile_field_too_long": "Une ligne du profil a %(most)s caractères au plus.",
    "profile_field_reserved": "La ligne « %(name)s » est pour le compte d’une collectivité : donnez à la vôtre un "
    "autre nom.",
    "too_many_profile_fields": "Un profil a %(most)s lignes au plus.",
    "too_many_featured_tags": "Un profil montre %(most)s mots-dièse au plus.",
    "featured_tag_exists": "Ce mot-dièse est déjà sur votre profil.",
    "account_suspended": "Ce compte est suspendu.",
    "account_suspended_at_home": "Ce compte est suspendu par sa propre plateforme. S’il revient, vous le retrouverez "
    "ici avec ses annonces.",
    "account_is_suspended": "Votre compte est suspendu. Connectez-vous sur le site de votre coop : vous y lirez "
    "pourquoi, jusqu’à quand, et comment le contester.",
    "password_too_short": "Un mot de passe a %(least)s caractères ou plus.",
    "password_too_long": "Un mot de passe a %(most)s caractères au plus.",
    "password_too_common": "Ce mot de passe est parmi les premiers que d’autres essaieraient : quelques mots sans "
    "rapport valent mieux.",
    "account_lacks_points": "Ce compte n’a pas assez de points.",
}
