"""Who may join, how people exchange, and how far one trusts the team: as fields."""

from models.exchanges.points import MOST
from models.preferences import LEAST_HOLD, LEAST_USUAL_DAYS, LONGEST_HOLD, MOST_USUAL_DAYS
from web.forms.points_field import WORD_LIMIT
from web.pages.instance.settings.fields import SettingField
from web.rendering.i18n import N_

MOST_MEMBER_INVITATIONS = 50
"""People whom each member may invite at most, where the cooperative wants it."""

POINTS_NUMBER = N_("Écrivez un nombre, de %(least)s à 10 000.")

JOINING = (
    SettingField(
        name="registration",
        kind="choice",
        label=N_("Inscriptions"),
        hint=N_("Si personne de l’équipe ne se connecte pendant sept jours, les inscriptions passent « sur demande »."),
        options={
            "open": N_("Ouvertes : chacun crée son compte"),
            "approval": N_("Sur demande : vous lisez chacune avant de dire oui"),
            "invitation": N_("Sur invitation : on entre avec un lien reçu d’ici"),
            "closed": N_("Fermées : vous créez les comptes"),
        },
    ),
    SettingField(
        name="member_invitations",
        kind="number",
        label=N_("Chaque membre peut inviter"),
        hint=N_("Un nombre de personnes, de 0 à 50. 0 : seule l’équipe invite."),
        least=0,
        most=MOST_MEMBER_INVITATIONS,
    ),
    SettingField(name="member_invitations_wait", kind="flag", label=N_("L’équipe dit oui à qui un membre invite")),
    SettingField(
        name="member_communities",
        kind="flag",
        label=N_("Chaque membre peut fonder une communauté ; l’équipe le voit"),
    ),
    SettingField(name="phone_required", kind="flag", label=N_("Il faut un téléphone pour s’inscrire")),
    SettingField(name="commune_required", kind="flag", label=N_("Il faut dire sa commune pour s’inscrire")),
    SettingField(
        name="notice_sign_up",
        kind="lines",
        label=N_("Un mot au pied du formulaire d’inscription"),
        hint=N_("Par exemple : vos informations sont visibles des seuls membres."),
        limit=300,
    ),
)

KINDS = SettingField(
    name="kinds",
    kind="many",
    label=N_("Genres d’annonces"),
    note=N_("Un genre décoché ne se publie plus et quitte les menus et les filtres ; ce qui existe reste lisible."),
    options={
        "offer": N_("Je propose"),
        "request": N_("Je cherche"),
        "repair_call": N_("Mon vélo est en panne"),
    },
    missing=N_("Gardez au moins un genre d’annonces."),
)

MODES = SettingField(
    name="modes",
    kind="many",
    label=N_("Façons d’échanger"),
    note=N_(
        "La vente entre membres a ses règles (impôts, droit de la consommation) : renseignez-vous avant de l’ouvrir."
    ),
    options={
        "gift": N_("Don"),
        "loan": N_("Prêt"),
        "swap": N_("Échange"),
        "sale": N_("Vente"),
        "service": N_("Service"),
    },
    missing=N_("Gardez au moins une façon d’échanger."),
)

PUBLISHING = (
    SettingField(
        name="photo_required",
        kind="flag",
        label=N_("Une annonce « Je propose » montre au moins une photo, sauf un service"),
    ),
    SettingField(
        name="home_needed",
        kind="choice",
        label=N_("Qui dit d’abord dans quelle commune il habite"),
        options={
            "nobody": N_("personne"),
            "borrowers": N_("qui emprunte"),
            "everybody": N_("qui emprunte, et qui prête"),
        },
    ),
    SettingField(
        name="notice_publish",
        kind="lines",
        label=N_("Un mot sous « Où ? », quand on publie"),
        hint=N_("Par exemple : l’adresse n’est pas diffusée."),
        limit=300,
    ),
    SettingField(name="filters_open", kind="flag", label=N_("Les filtres de la recherche sont ouverts d’emblée")),
)

EXCHANGING = (
    KINDS,
    MODES,
    SettingField(
        name="duration_label",
        kind="choice",
        label=N_("La durée d’un prêt est"),
        options={"longest": N_("la plus longue possible"), "wished": N_("celle que l’on souhaite")},
    ),
    SettingField(
        name="hold_hours",
        kind="number",
        label=N_("Délai pour répondre à une demande (en heures)"),
        hint=N_(
            "De 24 à 168. Ses dates sont gardées d’ici là ; ensuite elle s’arrête d’elle-même et les dates se "
            "libèrent. Celles qui attendent déjà gardent leur délai."
        ),
        least=LEAST_HOLD,
        most=LONGEST_HOLD,
        wrong=N_("Écrivez un nombre d’heures, de %(least)s à %(most)s."),
    ),
    SettingField(
        name="listing_days",
        kind="number",
        label=N_("Durée d’une annonce sans date de fin (en jours)"),
        hint=N_(
            "De 7 à 365. Vaut pour les dons, les échanges, les ventes, les recherches et les vélos en panne ; un prêt "
            "ou un service reste jusqu’à ce que son auteur le retire. Chacun est prévenu avant et à la fin, et peut "
            "prolonger."
        ),
        least=LEAST_USUAL_DAYS,
        most=MOST_USUAL_DAYS,
        wrong=N_("Écrivez un nombre de jours, de %(least)s à %(most)s."),
    ),
    SettingField(name="guests", kind="flag", label=N_("Répondre aux annonces par courriel, sans compte")),
)

TRUST = (
    SettingField(
        name="strangers_shown",
        kind="flag",
        label=N_("L’équipe de modération lit aussi ce que des personnes inconnues écrivent aux membres"),
        note=N_(
            "Ce qui vient d’une plateforme rencontrée depuis moins d’une semaine attend que chaque membre en décide. "
            "Les membres voient si l’équipe le lit aussi."
        ),
    ),
    SettingField(
        name="suspension_by_two", kind="flag", label=N_("Suspendre un compte se décide à deux, comme exclure")
    ),
    SettingField(
        name="talks_opened",
        kind="flag",
        label=N_("L’équipe peut ouvrir toute une conversation privée dont un message est signalé"),
        note=N_(
            "Elle doit dire pourquoi, et les deux personnes voient que leur conversation a été ouverte. Sinon, "
            "l’équipe ne lit que ce que la personne qui signale a joint."
        ),
    ),
    SettingField(
        name="journal_shown",
        kind="flag",
        label=N_("Les membres lisent le journal de l’équipe"),
        note=N_(
            "Ils y voient le rôle, l’acte, la règle et le jour, jamais les noms. Exclure se décide toujours à deux."
        ),
    ),
)

SHARING = (
    SettingField(
        name="markets",
        kind="flag",
        label=N_("Laisser les places de marché du réseau (flohmarkt) montrer nos dons et nos ventes publics"),
        note=N_(
            "Elles le demandent d’elles-mêmes en suivant @instance. Ce que vos membres changent ou retirent y change "
            "ou en part aussi ; leurs réponses arrivent ici en message privé."
        ),
    ),
    SettingField(
        name="ai_refused",
        kind="flag",
        label=N_("Demander aux robots d’intelligence artificielle de ne pas lire nos pages"),
        note=N_(
            "Ceux qui respectent les usages (robots.txt, réserve de fouille de textes) s’en vont ; les moteurs de "
            "recherche continuent. Rien n’oblige les autres."
        ),
    ),
)


def _points(name: str, label: str, hint: str = "") -> SettingField:
    return SettingField(name=name, kind="number", label=label, hint=hint, most=MOST, wrong=POINTS_NUMBER)


POINTS = (
    SettingField(name="points", kind="flag", label=N_("Compter des points entre membres")),
    SettingField(
        name="points_one",
        kind="text",
        label=N_("Nom d’un point"),
        hint=N_("Par exemple « graine »."),
        limit=WORD_LIMIT,
    ),
    SettingField(
        name="points_many",
        kind="text",
        label=N_("Nom de plusieurs points"),
        hint=N_("Par exemple « graines »."),
        limit=WORD_LIMIT,
    ),
    _points("points_joining", N_("À l’arrivée")),
    _points("points_monthly", N_("Chaque mois")),
    _points("points_deposit", N_("Par objet proposé")),
    _points(
        "points_overdraft",
        N_("Découvert autorisé"),
        N_("0 : personne ne promet plus que ce qu’il a. 20 : un compte peut descendre à −20."),
    ),
)
