"""Communities: their charter, who may come in, and who decides what. Why somebody is not let in stands in
`outbox/builders/texts/communities`, since a Reject takes these words to another cooperative.
"""

REFUSALS = {
    "community_field_missing": "Ce champ est à remplir.",
    "community_field_too_long": "C’est trop long : %(most)s signes au plus.",
    "approvals_invalid": "Choisissez un nombre de voix, %(most)s au plus.",
    "community_meets_publicly": "Une rencontre annoncée à tout le monde est encore à venir : annulez-la ou retirez-la "
    "d’abord, sinon elle montrerait la communauté.",
    "hidden_cannot_be_open": "Une communauté cachée ne peut pas être ouverte à toutes et tous : choisissez sur "
    "demande, ou sur invitation.",
    "not_a_member": "Il faut être membre de cette communauté.",
    "community_not_shared_in": "Vous n’êtes pas membre de cette communauté : choisissez qui d’autre peut voir "
    "l’annonce.",
    "community_charter_first": "La charte de %(name)s a changé : dites d’abord oui à la nouvelle version.",
    "community_listing_taken_back": "Cette annonce a été retirée quand vous avez quitté %(name)s : publiez-la de "
    "nouveau.",
    "community_link_expired": "Ce lien a déjà servi, ou la question ne se pose plus.",
    "communities_by_team": "Ici, c’est l’équipe de la coop qui fonde les communautés : demandez-lui.",
    "authority_lets_nobody_in": "Le compte d’une collectivité ne fait entrer personne, et ne gère pas de communauté.",
    "managers_only": "C’est à qui gère la communauté de le décider.",
    "moderators_only": "C’est à qui gère ou modère la communauté de le décider.",
    "charter_not_accepted": "La charte a changé : dites d’abord oui à la nouvelle version.",
    "charter_published_meanwhile": "Quelqu’un a publié une autre version entre-temps : relisez-la d’abord.",
    "community_edited_meanwhile": "Les réglages ont changé entre-temps : voyez-les sur la page de la communauté, puis "
    "enregistrez de nouveau si les vôtres doivent compter.",
    "charter_day_invalid": "Choisissez jusqu’à quand les membres ont le temps de dire oui : un jour à venir, dans les "
    "%(days)s jours.",
    "only_at_community_home": "Cela se change sur la plateforme où vit cette communauté : %(host)s.",
    "too_many_communities": "Une personne gère %(most)s communautés au plus.",
    "too_many_invited": "%(most)s invitations attendent déjà une réponse.",
    "no_such_member": "Aucun membre n’a ce nom dans cette communauté.",
    "nobody_asks": "Cette personne ne demande plus à entrer.",
    "invitation_declined_lately": "Cette personne vient de dire non : vous pourrez l’inviter de nouveau demain.",
    "not_invited": "Cette invitation ne vaut pas pour vous, ou plus.",
    "entry_link_expired": "Ce lien n’ouvre plus : demandez-en un autre à qui vous l’a donné.",
    "link_uses_invalid": "Choisissez pour combien de personnes : %(most)s au plus.",
    "link_day_invalid": "Choisissez jusqu’à quand le lien ouvre : un jour à venir, dans les %(days)s jours.",
    "too_many_entry_links": "%(most)s liens ouvrent déjà cette communauté : fermez-en un d’abord.",
    "not_invitable": "Cette personne ne peut pas être invitée.",
    "invitation_not_understood_there": "La plateforme de cette personne ne connaît pas les invitations : qu’elle suive "
    "la communauté, et la question lui sera posée.",
    "not_a_cooperative": "Ce n’est pas une autre coop : écrivez l’adresse de son profil, @coop@ suivi de son domaine.",
    "too_many_holders": "%(most)s coops au plus portent une communauté, ou sont invitées à le faire.",
    "holding_ended_lately": "Cette coop vient de dire non, ou l’une de vous vient d’y renoncer : vous pourrez le lui "
    "demander demain.",
    "nobody_asks_to_hold": "Cette communauté ne le demande pas, ou plus.",
    "team_only": "C’est à l’équipe de la coop de le décider.",
    "community_not_held_here": "Notre coop ne porte pas cette communauté.",
    "community_opened_already": "Cette communauté a déjà rouvert ici.",
    "charter_not_known_here": "Sa charte n’est pas connue ici : sans elle, la communauté ne peut pas rouvrir.",
    "move_target_not_holder": "Une communauté déménage chez une coop qui la porte déjà, et où quelqu’un l’a rouverte.",
    "last_manager": "Il faut quelqu’un pour gérer la communauté : nommez d’abord quelqu’un d’autre.",
    "removes_herself": "Pour partir vous-même, quittez la communauté.",
    "manager_not_removed": "Qui gère ne peut pas être exclu, ni qui modère par quelqu’un qui modère aussi.",
    "hidden_already": "C’est déjà retiré.",
    "not_hidden": "Ce n’est pas retiré.",
    "nothing_reported": "Plus rien n’attend de réponse ici.",
    "about_who_leads": "De ce qui est de vous, ou d’une personne qui gère ou modère, quelqu’un d’autre décide.",
    "manager_not_lowered": "Qui gère ne rend ce rôle que de son plein gré.",
}
