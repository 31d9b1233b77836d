"""What the cooperative asks of its members each year, and what follows where it was not paid: as fields."""

from dataclasses import replace
from urllib.parse import urlsplit

from models.preferences import Preferences
from web.forms.form import Form
from web.pages.instance.settings.fields import SettingField
from web.rendering.i18n import N_

MOST_EUROS, MOST_GRACE = 1000, 366

ADDRESS_LIMIT = 500

EUROS = N_("Écrivez un nombre d’euros, de %(least)s à %(most)s.")


def _euros(name: str, label: str, hint: str = "") -> SettingField:
    return SettingField(name=name, kind="number", label=label, hint=hint, most=MOST_EUROS, wrong=EUROS)


PRICE = (
    SettingField(
        name="dues",
        kind="flag",
        label=N_("La coop demande une adhésion chaque année"),
        note=N_("Sinon, il n’en est question nulle part. Rien ne se paie ici : l’accueil note jusqu’à quand elle va."),
    ),
    _euros("dues_least", N_("Le moins, en euros par an"), N_("Le même nombre partout : un prix fixe.")),
    _euros("dues_most", N_("Le plus")),
    _euros("dues_suggested", N_("Le montant proposé")),
    SettingField(
        name="dues_words",
        kind="lines",
        label=N_("Un mot sur le prix libre"),
        hint=N_("Par exemple : chacun donne selon ses moyens, 20 € couvrent les frais."),
        limit=400,
    ),
    SettingField(
        name="dues_free",
        kind="text",
        label=N_("Pour qui c’est gratuit"),
        hint=N_("Par exemple : les étudiantes et étudiants, et les personnes sans ressources."),
        limit=200,
    ),
    SettingField(
        name="dues_address",
        kind="text",
        label=N_("L’adresse de la page où l’on règle"),
        hint=N_("Chez HelloAsso ou ailleurs, avec https://. Vide : on règle à l’accueil."),
        limit=ADDRESS_LIMIT,
    ),
)

LAPSE = (
    SettingField(
        name="dues_grace",
        kind="number",
        label=N_("Délai pour la régler (en jours)"),
        hint=N_(
            "Après la fin de l’adhésion, l’arrivée d’un nouveau membre, ou le jour où vous changez ce délai, ce qui "
            "suit, ou « demander une adhésion »."
        ),
        most=MOST_GRACE,
        wrong=N_("Écrivez un nombre de jours, de %(least)s à %(most)s."),
    ),
    SettingField(
        name="dues_lapse",
        kind="choice",
        label=N_("Passé ce délai, sans adhésion à jour"),
        options={
            "nothing": N_("rien ne change"),
            "borrowing": N_("on ne demande plus de nouveau prêt ; les accords en cours continuent"),
        },
    ),
    SettingField(
        name="dues_amounts",
        kind="flag",
        label=N_("Garder ce que chacun a donné"),
        note=N_("Chacun voit son montant, et l’équipe de l’accueil. Décoché, ceux qui sont notés s’effacent la nuit."),
    ),
)


def read_price(form: Form, chosen: Preferences, read: Preferences) -> Preferences:
    """The settings as read of the form, with an address only where it is one that browsers open."""
    try:
        parts = urlsplit(read.dues_address)
        opens = (
            parts.scheme in ("https", "http") and bool(parts.hostname) and not set(read.dues_address) & set(" <>\"'")
        )
    except ValueError:
        opens = False
    if read.dues_address and not opens:
        form.fail("dues_address", "Ce n’est pas une adresse : elle commence par https://.")
        return replace(read, dues_address=chosen.dues_address)
    return read
