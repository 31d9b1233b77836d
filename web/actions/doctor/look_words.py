"""The words for what a friendly cooperative saw from outside: what is well, what is wrong, and what mends it."""

from collections.abc import Mapping
from types import MappingProxyType

from federation.errors import Cause
from federation.vocabulary.looks import Sight
from outbox.servers.looks import NO_FRIEND, NO_KEY, UNKNOWN
from web.actions.doctor.findings import Severity
from web.rendering.i18n import Say
from web.rendering.render import N_

TITLES: Mapping[Sight, str] = MappingProxyType(
    {
        Sight.NAME: N_("Nom"),
        Sight.IPV4: N_("Par IPv4"),
        Sight.IPV6: N_("Par IPv6"),
        Sight.CERTIFICATE: N_("Certificat"),
        Sight.CLOCK: N_("Horloge"),
        Sight.WEBFINGER: N_("Comptes trouvés"),
        Sight.ACTOR: N_("Fiche de la coop"),
        Sight.SIGNATURE: N_("Notre signature"),
        Sight.INBOX: N_("Boîte de réception"),
    }
)

CAUSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.NAME_NOT_FOUND: N_("le nom n’existe pas"),
        Cause.NAME_UNANSWERED: N_("l’annuaire des noms ne répond pas"),
        Cause.PRIVATE_ADDRESS: N_("l’adresse est privée, personne d’autre n’y arrive"),
        Cause.CONNECTION_REFUSED: N_("la connexion est refusée"),
        Cause.UNREACHABLE: N_("aucun chemin n’y mène"),
        Cause.TIMED_OUT: N_("rien ne répond à temps"),
        Cause.CONNECTION_LOST: N_("la connexion est coupée"),
        Cause.CERTIFICATE_EXPIRED: N_("le certificat est périmé"),
        Cause.CERTIFICATE_NOT_YET_VALID: N_("le certificat n’est pas encore valable"),
        Cause.CERTIFICATE_WRONG_NAME: N_("le certificat porte un autre nom"),
        Cause.CERTIFICATE_UNTRUSTED: N_("le certificat ne vient de personne que l’on connaisse"),
        Cause.TLS: N_("les deux machines ne s’entendent pas sur le chiffrement"),
        Cause.CLOCK: N_("les deux horloges ne disent pas la même heure"),
        Cause.SIGNATURE_REFUSED: N_("la signature est refusée"),
        Cause.FORBIDDEN: N_("l’accès est interdit"),
        Cause.NOT_FOUND: N_("rien ne se trouve à cette adresse"),
        Cause.TOO_MANY_REQUESTS: N_("il faut attendre"),
        Cause.SERVER_ERROR: N_("la plateforme est en panne"),
        Cause.REDIRECT: N_("la réponse mène ailleurs"),
        Cause.WRONG_ID: N_("la réponse nomme une autre adresse"),
        Cause.WRONG_TYPE: N_("la réponse n’est pas lisible"),
        Cause.NOT_AN_OBJECT: N_("la réponse n’est pas lisible"),
        Cause.NOT_AN_ACTOR: N_("la réponse n’est pas lisible"),
    }
)

OTHERWISE = N_("la demande échoue")

WELL: Mapping[Sight, str] = MappingProxyType(
    {
        Sight.NAME: N_("Le nom mène à %(addresses)s."),
        Sight.IPV4: N_("La plateforme répond par IPv4."),
        Sight.IPV6: N_("La plateforme répond par IPv6."),
        Sight.CERTIFICATE: N_("Le certificat est bon pour %(figure)s\u00a0jours."),
        Sight.CLOCK: N_("Les deux horloges disent la même heure, à quelques secondes près."),
        Sight.WEBFINGER: N_("L’annuaire des comptes mène à la coop."),
        Sight.ACTOR: N_("La fiche de la coop se lit."),
        Sight.SIGNATURE: N_("Ce que nous signons est accepté."),
        Sight.INBOX: N_("Notre boîte de réception prend ce qui est signé là-bas."),
    }
)

WRONG: Mapping[Sight, str] = MappingProxyType(
    {
        Sight.NAME: N_("Le nom %(host)s ne sert pas : %(why)s."),
        Sight.IPV4: N_("La plateforme ne répond pas par IPv4 : %(why)s."),
        Sight.IPV6: N_("La plateforme ne répond pas par IPv6 : %(why)s."),
        Sight.CERTIFICATE: N_("Aucune connexion n’est sûre : %(why)s."),
        Sight.CLOCK: N_("L’horloge de cette machine est fausse de %(figure)s\u00a0secondes."),
        Sight.WEBFINGER: N_("L’annuaire des comptes ne mène pas à la coop : %(why)s."),
        Sight.ACTOR: N_("La fiche de la coop ne se lit pas : %(why)s."),
        Sight.SIGNATURE: N_("Ce que nous signons est refusé."),
        Sight.INBOX: N_("Notre boîte de réception n’a pas pris ce qui est signé là-bas : %(why)s."),
    }
)

CLOCKS_DIFFER = N_("Nos deux horloges diffèrent de %(figure)s\u00a0secondes : une des deux est fausse.")

MEND_CLOCKS = (
    N_("Vérifiez l’heure de cette machine ; si elle est juste, dites-le à l’autre coop :"),
    "timedatectl",
)

MENDS: Mapping[Sight, tuple[str, str]] = MappingProxyType(
    {
        Sight.NAME: (
            N_("Chez qui vous avez pris ce nom, faites-le mener à l’adresse de cette machine (A, AAAA) :"),
            "getent ahosts {name}",
        ),
        Sight.IPV4: (
            N_("Voyez si le serveur web marche et si le pare-feu laisse passer les ports 80 et 443 :"),
            "ss -tln4 '( sport = :443 or sport = :80 )'",
        ),
        Sight.IPV6: (
            N_(
                "Voyez si le serveur web écoute aussi en IPv6 et si le pare-feu y laisse passer les ports 80 et 443 ; "
                "sinon, retirez l’adresse AAAA chez qui vous avez pris ce nom :"
            ),
            "ss -tln6 '( sport = :443 or sport = :80 )'",
        ),
        Sight.CERTIFICATE: (
            N_("Voyez pourquoi le serveur web n’en a pas de bon ; il lui faut le port 80 :"),
            "journalctl -u caddy -u nginx -u certbot -n 50",
        ),
        Sight.CLOCK: (N_("Mettez-la à l’heure, et laissez le système la tenir :"), "timedatectl set-ntp true"),
        Sight.WEBFINGER: (
            N_("Le serveur web doit transmettre /.well-known/webfinger à Déclic, avec ce qui suit le « ? »."),
            "curl -si '{url}/.well-known/webfinger?resource=acct:coop@{host}'",
        ),
        Sight.ACTOR: (
            N_("Le serveur web doit transmettre /users/ à Déclic, avec les en-têtes Accept et Host :"),
            "curl -si -H 'Accept: application/activity+json' {url}/users/coop",
        ),
        Sight.INBOX: (
            N_(
                "Le serveur web doit transmettre les POST vers /users/ et /inbox tels quels, avec les en-têtes Host, "
                "Date, Digest et Signature ; le journal de la machine dit ce qui a été refusé :"
            ),
            "journalctl -u declic -p warning -n 50",
        ),
    }
)

FAILURES: Mapping[str, tuple[Severity, str, str, str]] = MappingProxyType(
    {
        UNKNOWN: ("skipped", N_("%(name)s a une version de Déclic qui ne sait pas encore regarder."), "", ""),
        NO_FRIEND: (
            "skipped",
            N_("%(name)s ne regarde que pour les coops amies, et ne vous compte pas, ou plus, parmi elles."),
            N_("Proposez-lui l’amitié sur sa page : /coop/serveurs/%(host)s."),
            "",
        ),
        NO_KEY: (
            "skipped",
            N_("%(name)s n’a pas pu lire nos clés : elle ne nous joint pas, ou elle est elle-même en panne."),
            N_("Voyez si l’adresse répond depuis un autre réseau, puis demandez aussi à une autre coop."),
            "",
        ),
        Cause.SIGNATURE_REFUSED: (
            "error",
            N_("%(name)s refuse ce que nous signons."),
            N_("Vérifiez l’heure de la machine ; si elle est juste, demandez à %(name)s ce que dit son journal :"),
            "timedatectl",
        ),
        Cause.TOO_MANY_REQUESTS: (
            "skipped",
            N_("%(name)s demande d’attendre : elle regarde pour une coop à la fois, et quelques fois par jour."),
            "",
            "",
        ),
    }
)

NOT_REACHED: tuple[Severity, str, str, str] = (
    "skipped",
    N_("%(name)s n’a rien pu nous dire : %(why)s."),
    N_("Voyez ce qui coince entre vos deux plateformes :"),
    "declic peer test {host}",
)


def tell_cause(say: Say, cause: str) -> str:
    """Why somebody was not reached, as it goes on after a colon."""
    return say(next((words for known, words in CAUSES.items() if known == cause), OTHERWISE))
