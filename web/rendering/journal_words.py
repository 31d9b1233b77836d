"""What acts of the journal are called: one sentence for each, without anybody's name."""

from collections.abc import Mapping

from models.moderation.journal import Act
from web.rendering.i18n import N_

ACT_WORDS: Mapping[Act, str] = {
    "sign_up_approved": N_("Une demande d’entrée a été acceptée"),
    "sign_up_refused": N_("Une demande d’entrée a été refusée"),
    "member_created": N_("Un compte de membre a été créé"),
    "members_imported": N_("Des membres sont arrivés par une liste"),
    "login_link_made": N_("Un lien pour entrer a été fait pour un membre"),
    "second_factor_reset": N_("La connexion en deux étapes d’un membre a été remise à zéro"),
    "roles_changed": N_("Les rôles d’un membre ont changé"),
    "authority_changed": N_("Un compte est devenu celui de la collectivité, ou ne l’est plus"),
    "duty_taken": N_("Quelqu’un a pris la permanence"),
    "handed_over": N_("Quelqu’un a passé la main"),
    "invitation_made": N_("Une invitation a été faite"),
    "invitation_revoked": N_("Une invitation a été retirée"),
    "case_closed": N_("Un dossier a été classé sans suite"),
    "warned": N_("Un mot a été écrit à une personne"),
    "post_hidden": N_("Une publication a été masquée"),
    "limited": N_("Un compte a été limité"),
    "suspended": N_("Un compte a été suspendu"),
    "excluded": N_("Une personne a été exclue"),
    "decision_proposed": N_("Une décision à prendre à deux a été proposée"),
    "decision_confirmed": N_("Une deuxième personne a confirmé une décision"),
    "decision_refused": N_("Une décision proposée a été refusée, ou retirée"),
    "decision_taken_back": N_("L’équipe est revenue sur une décision"),
    "decision_ended": N_("Une décision prise pour un temps est finie"),
    "appeal_kept": N_("Un recours a été relu : la décision reste"),
    "appeal_taken_back": N_("Un recours a été relu : la décision est levée"),
    "post_released": N_("Une publication retenue a paru"),
    "post_refused": N_("Une publication retenue n’a pas paru"),
    "filter_changed": N_("Un filtre a changé"),
    "server_decided": N_("L’équipe a décidé à propos d’une autre plateforme"),
    "settings_changed": N_("Un réglage de la coop a changé"),
    "document_published": N_("La charte ou les règles ont une nouvelle version"),
    "conversation_read": N_("Un échange privé signalé a été lu en entier, et les deux personnes le savent"),
    "listing_purged": N_("Une annonce a été effacée pour de bon"),
    "account_exported": N_("Les données d’un compte ont été préparées pour lui"),
    "repair_shop_changed": N_("Un atelier a été ouvert, ou une décision prise sur les ateliers qui paraissent"),
    "place_changed": N_("Les horaires ou les fermetures d’un lieu ont changé"),
    "community_founded": N_("Une communauté a été fondée"),
    "community_manager_named": N_("L’équipe a nommé quelqu’un pour gérer une communauté que plus personne ne gérait"),
    "dues_noted": N_("Des adhésions ont été notées"),
    "meeting_changed": N_("Une rencontre a été annoncée, changée ou annulée"),
}
