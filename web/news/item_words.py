"""What news are called: one sentence for each kind, of one person and of several, and the icon beside it."""

from collections.abc import Sequence

from models.news import news
from web.rendering.i18n import Say
from web.rendering.render import N_

ONE: dict[str, str] = {
    "mention": N_("%(who)s vous a écrit"),
    "status": N_("%(who)s a publié"),
    "favourite": N_("%(who)s aime ce que vous avez publié"),
    "reblog": N_("%(who)s a fait passer votre annonce"),
    "quote": N_("%(who)s vous cite"),
    "follow": N_("%(who)s vous suit"),
    "follow_request": N_("%(who)s demande à vous suivre"),
    "update": N_("%(who)s a changé ce à quoi vous avez réagi"),
    "called_off": N_("%(who)s annule ce à quoi vous avez réagi"),
    "move": N_("%(who)s a déménagé : vous suivez sa nouvelle adresse"),
    "poll": N_("Un sondage de %(who)s est terminé"),
    "own_poll": N_("Votre sondage est terminé"),
    "repair_call": N_("%(who)s est en panne près de chez vous"),
    "reserve_next": N_("C’est de nouveau libre chez %(who)s, et c’est votre tour"),
    "reserve_asked": N_("%(who)s demande à être sur la liste d’attente"),
    "reserve_refused": N_("%(who)s et vous : l’attente s’arrête là"),
    "reserve_joined": N_("%(who)s l’aimerait quand ce sera libre"),
    "reserve_left": N_("%(who)s n’attend plus"),
    "reserve_passed": N_("%(who)s et vous : le tour est passé à la personne suivante"),
    "reserve_closed": N_("L’annonce est close, et sa liste de réserve aussi"),
    "reserve_freed": N_("C’est de nouveau libre chez %(who)s : vous pouvez le redemander"),
    "reserve_lapsed": N_("%(who)s et vous : la place sur la liste de réserve n’est plus gardée"),
    "reserve_past": N_("%(who)s et vous : les jours attendus sont passés"),
    "unreported": N_("%(who)s a fait une erreur : ce n’est pas encore fait"),
    "message": N_("%(who)s vous a écrit"),
    "said": N_("%(who)s vous a écrit"),
    "requested": N_("%(who)s vous fait une demande"),
    "countered": N_("%(who)s vous propose autre chose"),
    "accepted": N_("%(who)s a dit oui"),
    "agreed": N_("C’est d’accord avec %(who)s"),
    "refused": N_("%(who)s a dit non"),
    "withdrawn": N_("%(who)s a retiré sa demande"),
    "cancelled": N_("%(who)s a annulé votre accord"),
    "expired": N_("Sans réponse, la demande entre vous et %(who)s est close"),
    "out": N_("%(who)s dit que c’est remis"),
    "back": N_("%(who)s dit que c’est rendu"),
    "done": N_("%(who)s dit que c’est fait"),
    "noted": N_("%(who)s a noté ce qui a été fait"),
    "verified": N_("%(who)s et vous dites la même chose : c’est fait"),
    "begins_soon": N_("C’est pour bientôt, avec %(who)s"),
    "ends_soon": N_("La fin du prêt approche, avec %(who)s"),
    "returned": N_("C’est rendu ? Dites-le à %(who)s"),
    "forgotten": N_("Sans nouvelles de votre accord avec %(who)s"),
    "last_call": N_("Dernier rappel de votre accord avec %(who)s : dites si c’est fait"),
    "contact": N_("%(who)s vous a donné ses coordonnées"),
    "thanked": N_("%(who)s vous remercie"),
    "explained": N_("Un message automatique dit à %(who)s comment répondre"),
    "unheard": N_("Une réponse de %(who)s ne compte pas"),
    "asked_again": N_("%(who)s vous demande si c’est un oui"),
    "stopped": N_("La coopérative a suspendu le compte de %(who)s : votre échange peut être annulé"),
    "resumed": N_("Le compte de %(who)s n’est plus suspendu"),
    "read_by_team": N_("L’équipe de la coop a ouvert votre conversation avec %(who)s, où un message a été signalé"),
    "listing_ended": N_("L’annonce dont vous parlez avec %(who)s s’est arrêtée"),
    "invitation_used": N_("%(who)s fait maintenant partie de la coop, grâce à votre invitation"),
    "community_asked": N_("On demande à entrer dans %(who)s : votre réponse est attendue"),
    "community_accepted": N_("%(who)s vous accueille parmi ses membres"),
    "community_refused": N_("%(who)s ne vous accueille pas : voyez pourquoi"),
    "community_invited": N_("%(who)s vous invite à entrer"),
    "community_charter": N_("La charte de %(who)s change : lisez ce qui est nouveau, puis dites oui"),
    "community_removed": N_("Vous n’êtes plus membre de %(who)s"),
    "community_role": N_("Votre rôle dans %(who)s a changé"),
    "community_report": N_("Dans %(who)s, quelque chose est signalé : lisez, puis décidez"),
    "community_hidden": N_("%(who)s a retiré ce que vous y aviez partagé : voyez pourquoi"),
    "community_shown": N_("Ce que vous avez partagé dans %(who)s s’y montre de nouveau"),
    "community_hold_answered": N_("Une coop a répondu à la question de porter %(who)s avec la vôtre"),
    "community_moved": N_("Votre communauté vit maintenant ici : %(who)s ; c’est à vous de dire si vous y entrez"),
    "bike_asked": N_("Quelqu’un a demandé à %(who)s le numéro de votre vélo volé"),
    "documents": N_("Les règles de la coop changent : lisez ce qui est nouveau, puis dites oui"),
    "shutdown": N_("%(who)s va fermer sa plateforme : emportez vos données avant"),
    "shutdown_over": N_("%(who)s ne ferme plus sa plateforme : tout continue"),
    "posts_returned": N_("%(who)s a restauré sa plateforme : voyez ce qui est revenu de vos publications"),
}
"""What one person did."""

MANY: dict[str, str] = {
    "favourite": N_("%(who)s aiment ce que vous avez publié"),
    "reblog": N_("%(who)s ont fait passer votre annonce"),
}

ICONS = {
    "mention": "message", "message": "message", "said": "message", "favourite": "like", "reblog": "share",
    "follow": "person", "follow_request": "waiting", "update": "retry", "status": "add", "move": "elsewhere",
    "requested": "waiting", "countered": "waiting", "refused": "close", "withdrawn": "close",
    "cancelled": "close", "expired": "close", "begins_soon": "date", "ends_soon": "date", "returned": "date",
    "forgotten": "warning", "last_call": "warning", "contact": "person", "thanked": "like",
    "explained": "message", "unheard": "warning", "asked_again": "waiting", "stopped": "warning", "resumed": "done",
    "read_by_team": "flag", "listing_ended": "close",
    "quote": "message",
    "admin.report": "flag", "sign_up": "enter", "admin.sign_up": "person", "coop_follow": "network",
    "coop_friendship": "network", "territory_proposed": "network", "territory_answered": "network",
    "report_settled": "done", "repair_call": "bike", "sign_up_message": "message", "held_post": "waiting",
    "post_held": "waiting", "post_released": "done", "second_asked": "waiting", "appeal": "flag",
    "handed_over": "agreement", "decision": "warning", "decision_ended": "done", "appeal_answered": "message",
    "reserve_next": "date", "reserve_joined": "waiting", "reserve_left": "close", "reserve_passed": "close",
    "reserve_closed": "close", "reserve_freed": "date", "reserve_lapsed": "close", "reserve_past": "close",
    "reserve_asked": "waiting", "reserve_refused": "close",
    "unreported": "retry", "noted": "repair",
    "community_asked": "waiting", "community_accepted": "enter", "community_refused": "close",
    "community_invited": "enter", "community_charter": "agreement", "community_removed": "close",
    "community_role": "person", "community_unmanaged": "warning",
    "community_report": "flag", "community_hidden": "warning", "community_shown": "done",
    "community_hold_asked": "agreement", "community_hold_answered": "agreement", "community_moved": "elsewhere",
    "invitation_used": "enter", "documents": "agreement", "saved_search": "search", "match": "search",
    "bike_asked": "bike", "shutdown": "warning", "shutdown_over": "done", "posts_returned": "retry",
    "letters_waiting": "message", "servers_stuck": "network",
    "mails_stuck": "email", "chores_failing": "retry", "backup_overdue": "warning",
}  # fmt: skip


def describe_people(say: Say, kind: str, names: Sequence[str], others: int) -> str:
    """Who did what; `others` counts those who are not named."""
    if len(names) + others == 1 or kind not in MANY:
        return say(ONE.get(kind, "%(who)s"), who=names[0])
    return say(MANY[kind], who=join_names(say, names, others))


def join_names(say: Say, names: Sequence[str], others: int) -> str:
    """ "A", "A et B", "A, B et C", "A, B, C et 12 autres"."""
    if others > news.TOGETHER - len(names):  # counted no further
        more = N_("%(names)s et plus de %(count)s autres personnes")
        return say(more, names=", ".join(names), count=others - 1)
    if others:
        first = ", ".join(names)
        more = N_("%(names)s et une autre personne") if others == 1 else N_("%(names)s et %(count)s autres personnes")
        return say(more, names=first, count=others)
    if len(names) == 1:
        return names[0]
    return say(N_("%(names)s et %(last)s"), names=", ".join(names[:-1]), last=names[-1])
