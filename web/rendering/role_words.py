"""What roles are called, and what each may do, in one sentence made of the table of rights (models/people/roles)."""

from collections.abc import Mapping

from models.people.accounts import ROLES, Role
from models.people.roles import RIGHTS, Right
from web.rendering.i18n import N_, Say

ROLE_NAMES: Mapping[Role, str] = {
    "welcome": N_("Accueil"),
    "moderator": N_("Modération"),
    "keeper": N_("Lieu"),
    "admin": N_("Administration"),
}

RIGHT_WORDS: Mapping[Right, str] = {
    "sign_ups": N_("répondre à qui demande à devenir membre"),
    "invitations": N_("inviter"),
    "members": N_("voir la liste des membres et les aider à se connecter"),
    "reports": N_("lire et régler les signalements, masquer, limiter, suspendre"),
    "message_requests": N_("décider des messages d’inconnus"),
    "places": N_("tenir les horaires, les fermetures et les annonces de son lieu"),
    "meetings": N_("annoncer des rencontres et voir qui vient"),
    "meetings_of_coop": N_("annoncer les rencontres de la coop"),
    "duty": N_("prendre une semaine de permanence"),
    "roles": N_("donner les rôles et créer des comptes"),
    "documents": N_("changer la charte et les conditions"),
    "settings": N_("régler la plateforme"),
    "servers": N_("décider des autres plateformes"),
    "mails": N_("voir les courriels qui ne partent pas"),
    "operation": N_("suivre les sauvegardes et le fonctionnement"),
    "points": N_("tenir les points"),
    "see_figures": N_("lire les chiffres"),
    "figures": N_("dire si tout le monde peut lire les chiffres"),
    "repair_figures": N_("lire les chiffres des réparations"),
    "communities": N_("voir les communautés d’ici, et nommer qui les gère quand plus personne ne le fait"),
    "repair_shops": N_("ouvrir des ateliers vélo et dire lesquels paraissent"),
}
"""What somebody may who has the right, after « peut »."""

COMMON = frozenset(right for right, roles in RIGHTS.items() if roles.issuperset(ROLES))
"""What every role may needs no word beside each."""


def describe_role(say: Say, role: Role) -> str:
    """One sentence that names every right of the role; who administers may do what the others may, which is said so."""
    if role == "admin":
        own = [right for right, roles in RIGHTS.items() if roles == {"admin"}]
        return say(N_("Peut tout ce que peuvent les autres, et %(rights)s."), rights=_join(say, own))
    own = [right for right, roles in RIGHTS.items() if role in roles and right not in COMMON]
    return say(N_("Peut %(rights)s."), rights=_join(say, own))


def list_rights(say: Say, role: Role) -> list[str]:
    """The same one by one, for a page that has room."""
    own = [right for right, roles in RIGHTS.items() if (roles == {"admin"} if role == "admin" else role in roles)]
    first = [say(N_("tout ce que peuvent les autres"))] if role == "admin" else []
    return first + [say(RIGHT_WORDS[right]) for right in own if right not in COMMON]


def _join(say: Say, rights: list[Right]) -> str:
    words = [say(RIGHT_WORDS[right]) for right in rights]
    if len(words) < 2:
        return "".join(words)
    return say(N_("%(names)s et %(last)s"), names=", ".join(words[:-1]), last=words[-1])
