"""What the page of a thread says after something was done, by the word in its address."""

from web.pages.moderation.reporting.report_form import SAID as REPORT_SAID
from web.rendering.render import N_

SAID = {
    "requested": N_("Votre demande est partie. Ces dates sont gardées pour vous jusqu’à la réponse."),
    "requested_undated": N_("Votre demande est partie."),
    "taken": N_("C’est à vous. Convenez ensemble du moment où vous passez."),
    "proposed": N_("Votre proposition est partie."),
    "sent": N_("Votre message est parti. Vous voyez dessous s’il est arrivé."),
    "yes": N_("C’est dit : vous êtes d’accord."),
    "no": N_("C’est dit. La personne est prévenue."),
    "asked_again": N_("Votre question est partie. Rien n’est conclu avant sa réponse."),
    "done": N_("C’est noté, merci."),
    "chosen": N_("C’est dit : vous êtes d’accord. Les autres savent que quelqu’un a été choisi."),
    "stays": N_("C’est noté : vous êtes sur la liste. Nous vous le dirons quand c’est votre tour."),
    "left": N_("C’est noté : vous n’êtes plus sur la liste."),
    "taken_back": N_("C’est corrigé."),
    "thanked": N_("Votre merci est parti."),
    "silence": N_("C’est noté."),
    **REPORT_SAID,
}
