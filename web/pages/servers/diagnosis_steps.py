"""What was checked on the way to another server, said in one sentence for each step."""

from federation.discovery.server_check import CheckStep, Finding
from federation.errors import Cause
from inbox.traffic.diagnosis import Check, Step
from web.pages.servers.ignored_reasons import explain_ignored
from web.pages.traffic.failure_causes import CAUSES, explain_cause
from web.rendering.i18n import Say
from web.rendering.render import N_

TRIALS: dict[CheckStep, str] = {
    CheckStep.WELCOME: N_("Votre coop lui parle"),
    CheckStep.REACH: N_("Il répond"),
    CheckStep.CLOCK: N_("Il a la même heure que nous"),
    CheckStep.NODEINFO: N_("Il dit quel logiciel il utilise"),
    CheckStep.WEBFINGER: N_("Il retrouve ses comptes"),
    CheckStep.SIGNATURE: N_("Il accepte notre signature"),
}

NOT_SAID: dict[CheckStep, str] = {
    CheckStep.CLOCK: N_("Il n’a pas dit l’heure qu’il est chez lui."),
    CheckStep.WEBFINGER: N_("Nous ne connaissons encore personne là-bas : rien à vérifier."),
    CheckStep.SIGNATURE: N_("Nous ne connaissons encore personne là-bas : rien à vérifier."),
}

STEPS: dict[Step, str] = {
    Step.ADDRESS: N_("Son adresse"),
    Step.WELCOME: N_("Le serveur"),
    Step.DOCUMENT: N_("L’annonce, là-bas"),
    Step.PUBLIC: N_("Qui peut la lire"),
    Step.AUTHOR: N_("La personne qui l’a écrite"),
    Step.FOLLOWED: N_("Qui la suit d’ici"),
    Step.RECEIVED: N_("Son arrivée"),
    Step.SHOWN: N_("Sa place ici"),
}

FINDINGS: dict[tuple[Step, str], str] = {
    (Step.ADDRESS, "address"): N_("C’est bien une adresse, chez %(host)s."),
    (Step.ADDRESS, "no_address"): N_("Ce n’est pas une adresse : collez celle de la page, qui commence par https://."),
    (Step.ADDRESS, "only_a_server"): N_(
        "C’est l’adresse du site %(host)s, pas celle d’une annonce : ouvrez-la là-bas, et collez son adresse."
    ),
    (Step.WELCOME, "welcome"): N_("%(host)s est le bienvenu ici."),
    (Step.WELCOME, "not_welcome"): N_("Votre coop n’échange pas avec %(host)s : vous pouvez lui demander pourquoi."),
    (Step.DOCUMENT, "fetched"): N_("%(host)s nous l’a montrée."),
    (Step.DOCUMENT, "not_fetched"): N_("Nous n’avons pas pu la lire là-bas."),
    (Step.DOCUMENT, "not_understood"): N_(
        "%(host)s a répondu, mais ce n’est ni une annonce ni un message que nous savons lire."
    ),
    (Step.PUBLIC, "public"): N_("Tout le monde peut la lire."),
    (Step.PUBLIC, "not_public"): N_(
        "Elle est réservée à certaines personnes de %(host)s : elle n’en sort pas, et c’est voulu."
    ),
    (Step.AUTHOR, "author"): N_("Elle est de %(name)s, chez %(host)s."),
    (Step.AUTHOR, "author_not_fetched"): N_("Nous n’avons pas pu lire la fiche de cette personne."),
    (Step.AUTHOR, "author_not_believed"): N_(
        "%(host)s dit qu’elle est d’une personne qui n’est pas de chez lui : nous ne le croyons pas sur parole."
    ),
    (Step.AUTHOR, "author_suspended"): N_("Votre coop ne montre pas ce qu’écrit %(name)s."),
    (Step.AUTHOR, "author_blocked"): N_("Vous avez bloqué %(name)s : vous ne voyez pas ce que cette personne écrit."),
    (Step.FOLLOWED, "followed_by_you"): N_("Vous suivez %(name)s."),
    (Step.FOLLOWED, "followed_by_coop"): N_("Votre coop suit %(name)s."),
    (Step.FOLLOWED, "followed_by_somebody"): N_("Quelqu’un d’ici suit %(name)s."),
    (Step.FOLLOWED, "stream_followed"): N_("On suit d’ici %(name)s, qui fait passer les annonces de ce territoire."),
    (Step.FOLLOWED, "pending"): N_("On a demandé d’ici à suivre %(name)s, qui n’a pas encore répondu."),
    (Step.FOLLOWED, "nobody"): N_(
        "Personne ne suit encore %(name)s d’ici : rien ne nous l’apporte. Suivez ce compte, et la suite arrivera."
    ),
    (Step.RECEIVED, "done"): N_("%(host)s nous l’a envoyée, et elle a été rangée."),
    (Step.RECEIVED, "came_before"): N_("Elle est ici ; le détail de son arrivée n’est gardé qu’une semaine."),
    (Step.RECEIVED, "waiting"): N_("Elle vient d’arriver et attend son tour : revenez dans une minute."),
    (Step.RECEIVED, "held"): N_(
        "Elle est arrivée, et attend que la personne d’ici à qui elle est écrite la laisse entrer."
    ),
    (Step.RECEIVED, "waits_for_you"): N_(
        "Elle est arrivée, et vous attend : lisez-la parmi les messages de personnes inconnues, et laissez-la entrer."
    ),
    (Step.RECEIVED, "ignored"): N_("Elle est arrivée, et a été laissée de côté."),
    (Step.RECEIVED, "failed"): N_("Elle est arrivée, mais n’a pas pu être rangée : votre coop peut y regarder."),
    (Step.RECEIVED, "nothing_came"): N_("%(host)s ne nous en a rien envoyé cette semaine."),
    (Step.SHOWN, "listing"): N_("Elle a sa page ici, et se trouve dans les annonces."),
    (Step.SHOWN, "note"): N_("Elle a sa page ici, et se lit dans le fil de qui la suit."),
    (Step.SHOWN, "waits"): N_(
        "Elle a sa page ici, mais n’est dans aucune liste : personne ici ne connaît encore %(host)s. Elle attend que "
        "les personnes qui administrent votre coop laissent entrer ce site. Répondre à cette annonce, ou suivre un "
        "compte de là-bas, suffit aussi."
    ),
    (Step.SHOWN, "not_kept"): N_("Elle n’est pas ici. Vous pouvez la faire venir, elle seule."),
    (Step.SHOWN, "missing_here"): N_("Cette adresse est chez nous, et il n’y a rien que vous puissiez y lire."),
    (Step.SHOWN, "deleted"): N_("Elle a été retirée."),
    (Step.SHOWN, "fulfilled"): N_("C’est fait : elle est close, et ne se trouve plus dans la liste."),
    (Step.SHOWN, "cancelled"): N_("Elle a été annulée, et ne se trouve plus dans la liste."),
    (Step.SHOWN, "expired"): N_("Sa date est passée : elle ne se trouve plus dans la liste."),
    (Step.SHOWN, "paused"): N_("Elle est en pause : elle ne se trouve pas dans la liste pour l’instant."),
}


def describe_finding(say: Say, host: str, finding: Finding) -> str:
    """What came of one trial of a server; nothing where the name of the trial says it all."""
    match finding:
        case Finding(trial=CheckStep.CLOCK, clock=int(seconds)):
            return "" if finding.ok else describe_clock(say, seconds)
        case Finding(trial=CheckStep.SIGNATURE, cause=Cause.CLOCK, clock=int(seconds)):
            return say(N_("%(host)s refuse notre signature."), host=host) + " " + describe_clock(say, seconds)
        case Finding(trial=CheckStep.WELCOME, ok=False):
            return say(N_("Votre coop l’a mis à l’écart : rien ne part, rien n’entre."))
        case Finding(cause=Cause() as cause):
            return say(CAUSES[cause], host=host)
        case Finding(ok=None):
            return say(NOT_SAID[finding.trial]) if finding.trial in NOT_SAID else ""
        case _:
            return finding.detail


def describe_check(say: Say, check: Check) -> str:
    """What came of one step between somewhere else and here."""
    words = [say(FINDINGS[check.step, check.finding], host=check.host, name=check.name)]
    if check.cause is not None:
        words.append(explain_cause(say, check.cause, check.host))
    if check.reason:
        words.append(explain_ignored(say, check.reason))
    return " ".join(words)


def describe_clock(say: Say, seconds: int) -> str:
    """By how much a clock is ahead of ours, or behind it."""
    minutes = round(abs(seconds) / 60)
    if minutes < 120:
        sentence = (
            N_("Son horloge avance de %(count)s minutes sur la nôtre.")
            if seconds > 0
            else N_("Son horloge retarde de %(count)s minutes sur la nôtre.")
        )
        return say(sentence, count=minutes)
    hours = round(minutes / 60)
    if hours < 72:
        sentence = (
            N_("Son horloge avance de %(count)s heures sur la nôtre.")
            if seconds > 0
            else N_("Son horloge retarde de %(count)s heures sur la nôtre.")
        )
        return say(sentence, count=hours)
    sentence = (
        N_("Son horloge avance de %(count)s jours sur la nôtre.")
        if seconds > 0
        else N_("Son horloge retarde de %(count)s jours sur la nôtre.")
    )
    return say(sentence, count=round(hours / 24))
