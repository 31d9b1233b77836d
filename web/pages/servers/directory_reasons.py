"""Why a territory is not on the map, in words."""

from models.servers.directory.reading import DirectoryEntry
from models.servers.directory.values import THRESHOLDS, Reason
from web.rendering.i18n import Say
from web.rendering.render import N_

SENTENCES: dict[Reason, str] = {
    Reason.REMOVED: N_("Vous l’avez retirée."),
    Reason.NOT_VISITED: N_("Nous n’y sommes pas encore passés : c’est pour bientôt."),
    Reason.UNREACHABLE: N_("Elle n’a pas répondu à notre dernier passage."),
    Reason.ORIGIN: N_("Ce qu’elle dit d’elle-même ne vient pas de son propre site."),
    Reason.KEY: N_("Elle a changé de clé depuis la dernière fois : nous vérifions au prochain passage."),
    Reason.PROTOCOL: N_("Ce n’est pas une plateforme de coop comme la vôtre."),
    Reason.UNLISTED: N_("Elle n’a pas demandé à figurer dans l’annuaire."),
    Reason.NOWHERE: N_("Elle ne dit pas où est son territoire."),
    Reason.FAR: N_("Son territoire est hors de la zone que vous avez choisie."),
    Reason.WIDE: N_("Son territoire est trop vaste : plus de %(radius)s km autour de son centre."),
    Reason.PROPOSALS: N_("Elle a moins de %(proposals)s annonces ouvertes sur son territoire."),
    Reason.UNVOUCHED: N_("Aucune coop de la carte ne la recommande."),
    Reason.ONE_VOUCHER: N_("Une seule coop de la carte la recommande ; il en faut %(vouchers)s."),
    Reason.SAME_DOMAIN: N_("Celles qui la recommandent ont le même nom de domaine : elles comptent pour une."),
    Reason.DEPENDENT: N_(
        "Celles qui la recommandent se recommandent entre elles depuis moins de %(independent)s jours."
    ),
    Reason.QUOTA: N_("Celles qui la recommandent en ont déjà fait entrer %(entries)s chacune ce mois-ci."),
    Reason.STRIKES: N_("Celles qui la recommandent se sont trompées deux fois : il en faut une de plus."),
    Reason.WEIGHT: N_("Celles qui la recommandent sont trop loin de vous dans le réseau."),
    Reason.AGE: N_("Nous la connaissons depuis moins de %(days)s jours."),
    Reason.DOMAIN: N_("Une autre coop du même nom de domaine est déjà sur la carte."),
    Reason.SILENT: N_("Elle ne répond plus depuis %(gone)s jours."),
}


def describe_reason(say: Say, entry: DirectoryEntry) -> str:
    """The sentence, with the thresholds of the rule that it comes from."""
    return say(
        SENTENCES[Reason(entry.reason or Reason.NOT_VISITED)],
        radius=int(THRESHOLDS.radius_km),
        proposals=THRESHOLDS.proposals,
        vouchers=THRESHOLDS.vouchers,
        entries=THRESHOLDS.entries_a_month,
        days=THRESHOLDS.age.days,
        independent=THRESHOLDS.independent.days,
        gone=THRESHOLDS.gone.days,
    )
