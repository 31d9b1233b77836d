"""Why another server could not be asked, said to members: which step failed, why, and what to do."""

import re

from federation.errors import Cause, ResolveFailed, Step, describe
from web.rendering.i18n import Say
from web.rendering.render import N_

STEPS: dict[Step, str] = {
    Step.ADDRESS: N_("Cette adresse n’en est pas une que l’on puisse suivre."),
    Step.NAME: N_("Nous n’avons pas trouvé le site (étape 1 sur 4 : trouver le site)."),
    Step.CONNECTION: N_("Nous avons trouvé le site, mais pas pu lui parler (étape 1 sur 4 : joindre le site)."),
    Step.WEBFINGER: N_("Le site répond, mais n’a pas retrouvé ce compte (étape 2 sur 4 : y chercher le compte)."),
    Step.ACTOR: N_("Le compte est annoncé, mais sa fiche n’est pas lisible (étape 3 sur 4 : lire sa fiche)."),
    Step.SIGNATURE: N_("Le site ne reconnaît pas notre signature (étape 4 sur 4 : nous présenter)."),
}

CAUSES: dict[Cause, str] = {
    Cause.BAD_ADDRESS: N_("Écrivez-la comme @offres@henin-carvin.example, ou collez l’adresse de la page."),
    Cause.PRIVATE_ADDRESS: N_("%(host)s n’a pas d’adresse sur l’internet public, et nous n’appelons que là."),
    Cause.NAME_NOT_FOUND: N_("Le nom %(host)s n’existe pas."),
    Cause.NAME_UNANSWERED: N_("L’annuaire des noms ne répond pas pour %(host)s."),
    Cause.CONNECTION_REFUSED: N_("%(host)s refuse la connexion : il est sans doute arrêté."),
    Cause.UNREACHABLE: N_("%(host)s n’est pas joignable."),
    Cause.TIMED_OUT: N_("%(host)s n’a pas répondu à temps."),
    Cause.CONNECTION_LOST: N_("%(host)s a coupé la connexion."),
    Cause.CERTIFICATE_EXPIRED: N_("Le certificat de %(host)s est périmé : prévenez la personne qui le tient."),
    Cause.CERTIFICATE_NOT_YET_VALID: N_("Le certificat de %(host)s n’est pas encore valable : une horloge est fausse."),
    Cause.CERTIFICATE_WRONG_NAME: N_("Le certificat de %(host)s porte un autre nom."),
    Cause.CERTIFICATE_UNTRUSTED: N_("Le certificat de %(host)s ne vient de personne que nous connaissions."),
    Cause.TLS: N_("Aucune connexion sûre n’a pu se faire avec %(host)s."),
    Cause.CLOCK: N_("%(host)s n’a pas la même heure que nous : une des deux horloges est fausse."),
    Cause.SIGNATURE_REFUSED: N_("%(host)s refuse notre signature : votre coop peut en parler à qui le tient."),
    Cause.FORBIDDEN: N_("%(host)s nous l’interdit : il a peut-être mis notre coop à l’écart."),
    Cause.NOT_FOUND: N_("%(host)s ne connaît pas cette adresse."),
    Cause.GONE: N_("%(host)s dit que ce compte a été supprimé."),
    Cause.REFUSED: N_("%(host)s a refusé la demande."),
    Cause.TOO_MANY_REQUESTS: N_("%(host)s demande d’attendre un peu."),
    Cause.SERVER_ERROR: N_("%(host)s est en panne de son côté."),
    Cause.REDIRECT: N_("%(host)s nous renvoie ailleurs, là où nous n’allons pas."),
    Cause.TOO_LARGE: N_("La réponse de %(host)s est trop longue."),
    Cause.WRONG_TYPE: N_("%(host)s a répondu tout autre chose."),
    Cause.NOT_AN_OBJECT: N_("La réponse de %(host)s n’est pas lisible."),
    Cause.WRONG_ID: N_("%(host)s a répondu avec un compte qui a une autre adresse."),
    Cause.NOT_AN_ACTOR: N_("Cette page de %(host)s n’est celle de personne que l’on puisse suivre."),
    Cause.RECENTLY_FAILED: N_("%(host)s n’a pas répondu il y a un instant."),
    Cause.TOO_MANY_FETCHES: N_("%(host)s a été demandé trop souvent."),
    Cause.SET_ASIDE: N_("Notre coop n’échange pas avec %(host)s : elle l’a décidé ainsi."),
    Cause.WITHHELD: N_("Notre coop n’envoie rien de privé à %(host)s : elle l’a décidé ainsi."),
}


ADVICE: dict[str, tuple[Cause, ...]] = {
    N_("Vérifiez l’orthographe."): (Cause.NAME_NOT_FOUND, Cause.NOT_FOUND),
    N_("Réessayez dans quelques minutes."): (
        Cause.NAME_UNANSWERED,
        Cause.TOO_MANY_REQUESTS,
        Cause.RECENTLY_FAILED,
        Cause.TOO_MANY_FETCHES,
    ),
    N_("Réessayez plus tard."): (
        Cause.CONNECTION_REFUSED,
        Cause.UNREACHABLE,
        Cause.TIMED_OUT,
        Cause.CONNECTION_LOST,
        Cause.SERVER_ERROR,
    ),
    N_("Vérifiez l’adresse."): (Cause.CERTIFICATE_WRONG_NAME,),
    N_("Est-ce bien l’adresse d’un compte ?"): (Cause.WRONG_TYPE,),
}
"""What a person who typed an address can do about it."""

STOPS: dict[Cause, str] = {
    Cause.BAD_ADDRESS: N_("L’adresse où %(host)s dit recevoir ne peut pas servir."),
    Cause.NOT_FOUND: N_("%(host)s ne connaît plus l’adresse où il disait recevoir."),
}
"""Those that say something else of a delivery than of an address that somebody typed."""

DUTIES: dict[str, tuple[Cause, ...]] = {
    N_("Rien à faire pour vous : nous réessayons de nous-mêmes."): (
        Cause.NAME_UNANSWERED,
        Cause.CONNECTION_REFUSED,
        Cause.UNREACHABLE,
        Cause.TIMED_OUT,
        Cause.CONNECTION_LOST,
        Cause.TOO_MANY_REQUESTS,
        Cause.SERVER_ERROR,
        Cause.RECENTLY_FAILED,
        Cause.TOO_MANY_FETCHES,
    ),
    N_("Écrivez à qui le tient, par un autre chemin : c’est à corriger là-bas."): (
        Cause.BAD_ADDRESS,
        Cause.PRIVATE_ADDRESS,
        Cause.CERTIFICATE_WRONG_NAME,
        Cause.CERTIFICATE_UNTRUSTED,
        Cause.TLS,
        Cause.REFUSED,
        Cause.REDIRECT,
        Cause.TOO_LARGE,
        Cause.WRONG_TYPE,
        Cause.NOT_AN_OBJECT,
        Cause.WRONG_ID,
        Cause.NOT_AN_ACTOR,
    ),
    N_("Il a peut-être fermé, ou changé de nom : demandez à qui le tenait."): (Cause.NAME_NOT_FOUND,),
    N_("Vérifiez d’abord l’heure de votre machine, puis écrivez à qui le tient."): (
        Cause.CLOCK,
        Cause.CERTIFICATE_NOT_YET_VALID,
    ),
    N_("Demandez à qui le tient pourquoi, par un autre chemin."): (Cause.FORBIDDEN, Cause.SIGNATURE_REFUSED),
    N_("Si la personne est partie, les abonnements vers elle s’arrêtent d’eux-mêmes."): (Cause.NOT_FOUND, Cause.GONE),
    N_("Vous pouvez revenir là-dessus plus bas."): (Cause.SET_ASIDE, Cause.WITHHELD),
}
"""What an administrator can do about a server to which nothing goes through; the expired certificate says it itself."""

STATUS = re.compile(r" \(HTTP \d{3}\)$")


def explain(say: Say, failed: ResolveFailed) -> str:
    """What happened and what to do, in the reader's language."""
    return f"{say(STEPS[failed.step])} {explain_cause(say, failed.cause, failed.host)}"


def explain_cause(say: Say, cause: Cause, host: str) -> str:
    """Why, and what somebody who typed this address can do."""
    advice = [say(sentence) for sentence, causes in ADVICE.items() if cause in causes]
    return " ".join([say(CAUSES[cause], host=host), *advice])


def explain_stop(say: Say, host: str, kept: str | None, cause: str | None = None) -> str:
    """Why a delivery did not arrive: by its `cause`, else from the sentence that the queue kept, shown as it stands."""
    found = read_cause(host, kept, cause)
    return STATUS.sub("", kept or "") if found is None else say(STOPS.get(found, CAUSES[found]), host=host)


def advise(say: Say, host: str, kept: str | None, cause: str | None = None) -> str:
    """What an administrator can do about it; nothing where the cause is not known."""
    found = read_cause(host, kept, cause)
    return next((say(sentence) for sentence, causes in DUTIES.items() if found in causes), "")


def read_cause(host: str, kept: str | None, cause: str | None) -> Cause | None:
    """The cause as it was kept, or as it stands in the sentence of the queue."""
    if cause in CAUSES:
        return Cause(cause)
    words = STATUS.sub("", kept or "")
    return next((one for one in CAUSES if describe(one, host) == words), None)
