"""What happened in a thread, as it is told to whoever did it and to the other one, and the icon beside it."""

from web.rendering.render import N_

SAID: dict[str, tuple[str, str]] = {
    "requested": (N_("Vous faites une demande"), N_("%(name)s fait une demande")),
    "help": (N_("Vous proposez votre aide"), N_("%(name)s propose son aide")),
    "proposed": (N_("Vous faites une proposition"), N_("%(name)s fait une proposition")),
    "countered": (N_("Vous proposez autre chose"), N_("%(name)s propose autre chose")),
    "dates": (N_("Vous proposez d’autres dates"), N_("%(name)s propose d’autres dates")),
    "accepted": (N_("Vous dites oui. %(other)s confirme dès que possible."), N_("%(name)s dit oui.")),
    "agreed": (N_("Vous dites oui : c’est d’accord."), N_("%(name)s dit oui : c’est d’accord.")),
    "refused": (N_("Vous dites non."), N_("%(name)s dit non.")),
    "withdrawn": (N_("Vous retirez votre demande."), N_("%(name)s retire sa demande.")),
    "cancelled": (N_("Vous annulez l’accord."), N_("%(name)s annule l’accord.")),
    "expired": (N_("Sans nouvelles, la demande s’est éteinte."), N_("Sans nouvelles, la demande s’est éteinte.")),
    "out": (N_("Vous dites que c’est remis."), N_("%(name)s dit que c’est remis.")),
    "back": (N_("Vous dites que c’est rendu."), N_("%(name)s dit que c’est rendu.")),
    "done": (N_("Vous dites que c’est fait."), N_("%(name)s dit que c’est fait.")),
    "asked_again": (N_("Vous demandez à %(other)s si c’est un oui."), N_("%(name)s vous demande si c’est un oui.")),
    "stopped": (
        N_("La coopérative a suspendu votre compte."),
        N_(
            "La coopérative a suspendu le compte de %(name)s. Vous pouvez annuler l’accord sans aucun reproche ; ce "
            "qui est prêté reste à rendre."
        ),
    ),
    "resumed": (
        N_("Votre compte n’est plus suspendu."),
        N_("Le compte de %(name)s n’est plus suspendu : votre échange peut continuer."),
    ),
    "reserve_asked": (
        N_("Vous demandez à être sur la liste d’attente."),
        N_("%(name)s demande à être sur la liste d’attente."),
    ),
    "reserve_joined": (
        N_("Vous êtes sur la liste : nous vous le dirons quand ce sera libre, à votre tour."),
        N_("%(name)s attend que ce soit libre."),
    ),
    "reserve_left": (N_("Vous quittez la liste d’attente."), N_("%(name)s n’attend plus.")),
    "unreported": (
        N_("Vous corrigez : ce n’est pas encore fait."),
        N_("%(name)s a fait une erreur : ce n’est pas encore fait."),
    ),
    "noted": (N_("Vous avez noté ce qui a été fait."), N_("%(name)s a noté ce qui a été fait.")),
    "contact": (N_("Vous donnez vos coordonnées."), N_("%(name)s vous donne ses coordonnées.")),
    "thanked": (N_("Vous dites merci."), N_("%(name)s vous dit merci.")),
    "thanked_for_all": (
        N_("Vous dites merci, et tous peuvent le lire."),
        N_("%(name)s vous dit merci, et tous peuvent le lire."),
    ),
}
"""What people did, as it is told to whoever did it and to the other one."""

TOLD: dict[str, str] = {
    "verified": N_("Vous le dites tous les deux : c’est fait."),
    "reserve_next": N_("C’est de nouveau libre, et c’est votre tour : demandez-le dans les deux jours."),
    "reserve_passed": N_("Sans réponse, c’est le tour de la personne suivante sur la liste."),
    "reserve_closed": N_("L’annonce est close, et sa liste de réserve aussi. Merci d’avoir attendu !"),
    "reserve_freed": N_("C’est de nouveau libre : on peut le redemander."),
    "reserve_lapsed": N_("Sans réponse, la place sur la liste de réserve n’est plus gardée."),
    "reserve_refused": N_("L’attente s’arrête là. Ce qu’en dit la plateforme d’où vient l’annonce :"),
    "reserve_past": N_("Les jours attendus sont passés : l’attente s’arrête là."),
    "begins_soon": N_("Rappel : c’est pour bientôt."),
    "ends_soon": N_("Rappel : la fin du prêt approche."),
    "returned": N_("C’est fait ? Dites-le d’un geste."),
    "returned_loan": N_("C’est rendu ? Dites-le d’un geste."),
    "forgotten": N_("L’accord est toujours ouvert. Dites si c’est fait : sinon, il s’éteindra de lui-même."),
    "last_call": N_("Dernier rappel : si personne ne dit ce qu’il en est, l’accord s’éteint dans une semaine."),
    "explained": N_("Un message automatique dit comment répondre par oui ou par non."),
    "read_by_team": N_("L’équipe de la coop a ouvert cette conversation, parce qu’un message y a été signalé."),
    "listing_ended": N_("L’annonce s’est arrêtée. Vous pouvez encore vous écrire ici."),
    "unheard": N_("Cette réponse ne compte pas. Un message automatique dit pourquoi :"),
}
"""What happens by itself."""

ICONS = {
    "requested": "waiting", "countered": "waiting", "refused": "close", "withdrawn": "close", "cancelled": "close",
    "expired": "close", "begins_soon": "date", "ends_soon": "date", "returned": "date", "forgotten": "warning",
    "last_call": "warning", "reserve_joined": "waiting", "reserve_left": "close", "reserve_next": "date",
    "reserve_passed": "close", "reserve_closed": "close", "reserve_freed": "date", "reserve_lapsed": "close",
    "reserve_past": "close", "reserve_asked": "waiting", "reserve_refused": "close", "unreported": "retry",
    "contact": "person", "thanked": "like", "explained": "message", "unheard": "warning", "asked_again": "waiting",
    "stopped": "warning", "resumed": "done", "read_by_team": "flag",
    "listing_ended": "close", "noted": "repair",
}  # fmt: skip
