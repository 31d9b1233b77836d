"""What waits of people: who asks to join, reports, appeals, decisions, posts, letters, listings and dues that end."""

from models.coop import pending_people
from models.coop.pending_people import NAMED, WaitingReports, WaitingSignUps
from web.news.trouble_words import count_words, tell_letters
from web.pages.coop.pending_lines import PendingLine, Reader, join_words
from web.rendering.i18n import Say
from web.rendering.render import N_

PROPOSED = {
    "exclude": N_("L’exclusion de %(name)s attend une deuxième personne"),
    "suspend": N_("La suspension de %(name)s attend une deuxième personne"),
}


async def find_sign_ups(reader: Reader) -> PendingLine | None:
    """Who asks to join."""
    found, say = await pending_people.find_sign_ups(reader.conn), reader.say
    if found is None:
        return None
    one = found.count == 1
    names = _name_some(say, found)
    places = join_words(say, found.places)
    where = N_("commune : %(places)s") if len(found.places) == 1 else N_("communes : %(places)s")
    return PendingLine(
        what=say(N_("%(names)s attend d’entrer dans la coop"), names=names)
        if one
        else say(N_("%(names)s attendent d’entrer dans la coop"), names=names),
        since=found.since,
        details=[say(where, places=places)] if places else [],
        href="/coop/demandes",
        button=say(N_("L’accueillir")) if one else say(N_("Les accueillir")),
    )


def _name_some(say: Say, found: WaitingSignUps) -> str:
    if found.count <= NAMED:
        return join_words(say, found.names)
    others = say(N_("%(count)s autres personnes"), count=found.count - NAMED + 1)
    return join_words(say, [*found.names[: NAMED - 1], others])


async def find_unattended(reader: Reader) -> PendingLine | None:
    """Sign-ups that are on request because nobody looked after them."""
    found, say = await pending_people.find_unattended(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("Personne de l’équipe n’est passé : les inscriptions attendent un accord")),
        since=found.since,
        details=[say(N_("elles se rouvrent d’elles-mêmes maintenant que vous êtes là"))],
        href="/coop/demandes",
        button=say(N_("Voir les demandes")),
    )


async def find_reports(reader: Reader) -> PendingLine | None:
    """Who is reported, person by person; the reader herself is left out."""
    found, say = await pending_people.find_reports(reader.conn, reader.account.actor_id), reader.say
    if found is None:
        return None
    details = [count_words(say, found.reports, N_("un signalement"), N_("%(count)s signalements"))]
    if found.elsewhere:
        details.append(
            count_words(
                say, found.elsewhere, N_("dont un venu d’une autre plateforme"), N_("dont %(count)s venus d’ailleurs")
            )
        )
    return PendingLine(
        what=_tell_reports(say, found),
        since=found.since,
        details=details,
        href=f"/coop/dossiers/{found.case_id}",  # the oldest; all of them are one tap further
        button=say(N_("Lire et décider")),
    )


def _tell_reports(say: Say, found: WaitingReports) -> str:
    if found.count > 1:
        return say(N_("%(count)s personnes sont signalées"), count=found.count)
    if found.title:
        return say(N_("Une annonce est signalée : « %(title)s »"), title=found.title)
    if found.name:
        return say(N_("Un signalement parle de %(name)s"), name=found.name)
    return say(N_("Un signalement attend d’être lu"))


async def find_appeals(reader: Reader) -> PendingLine | None:
    """Who objects to a decision in which the reader had no part."""
    found, say = await pending_people.find_appeals(reader.conn, reader.account.actor_id), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("%(name)s conteste une décision de l’équipe"), name=found.name)
        if found.count == 1
        else say(N_("%(count)s personnes contestent une décision de l’équipe"), count=found.count),
        since=found.since,
        details=[say(N_("une autre personne que celle qui a décidé doit répondre"))],
        href="/coop/dossiers?voir=recours",
        button=say(N_("Relire et répondre")),
    )


async def find_decisions(reader: Reader) -> PendingLine | None:
    """What another one of the team proposed and a second one has to confirm."""
    found, say = await pending_people.find_decisions(reader.conn, reader.account.actor_id), reader.say
    if found is None:
        return None
    single = PROPOSED.get(found.kind, N_("Une décision sur %(name)s attend une deuxième personne"))
    return PendingLine(
        what=say(single, name=found.name)
        if found.count == 1
        else say(N_("%(count)s décisions attendent une deuxième personne"), count=found.count),
        since=found.since,
        href="/coop/dossiers?voir=a-confirmer",
        button=say(N_("Lire et confirmer")),
    )


async def find_held_posts(reader: Reader) -> PendingLine | None:
    """What waits for a look before it is published; the reader's own is not hers to let go."""
    found, say = await pending_people.find_held_posts(reader.conn, reader.account.actor_id), reader.say
    if found is None:
        return None
    if found.count > 1:
        what = say(N_("%(count)s publications attendent un regard avant de paraître"), count=found.count)
    elif found.title:
        what = say(N_("« %(title)s » attend un regard avant de paraître"), title=found.title)
    else:
        what = say(N_("Une publication de %(name)s attend un regard avant de paraître"), name=found.name)
    firsts = [count_words(say, found.first, N_("une première publication"), N_("%(count)s premières publications"))]
    return PendingLine(
        what=what,
        since=found.since,
        details=firsts if found.first else [],
        href="/coop/retenues",
        button=say(N_("Regarder")),
    )


async def find_letters(reader: Reader) -> PendingLine | None:
    """What strangers wrote to members, where the team sees it too."""
    found, say = await pending_people.find_letters(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=tell_letters(say, found),
        since=found.since,
        details=[
            say(N_("de %(host)s"), host=found.name)
            if found.servers == 1
            else say(N_("de %(count)s plateformes"), count=found.servers)
        ],
        href="/coop/inconnus",
        button=say(N_("Lire et décider")),
    )


async def find_endings(reader: Reader) -> PendingLine | None:
    """Listings that end soon though somebody waits for a word about them."""
    found, say = await pending_people.find_endings(reader.conn, reader.account.actor_id), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("« %(title)s » se termine bientôt, et quelqu’un y attend une réponse"), title=found.title)
        if found.count == 1
        else say(N_("%(count)s annonces se terminent bientôt, et quelqu’un y attend une réponse"), count=found.count),
        details=[say(N_("un mot à la personne qui l’a publiée suffit souvent"))],
        href=f"/annonces/d/{found.id}",
        button=say(N_("Voir l’annonce")) if found.count == 1 else say(N_("Voir la première")),
    )


async def find_dues(reader: Reader) -> PendingLine | None:
    """Whose dues ended lately."""
    found, say = await pending_people.find_dues(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("Une adhésion est terminée : %(name)s"), name=found.name)
        if found.count == 1
        else say(N_("%(count)s adhésions sont terminées"), count=found.count),
        details=[say(N_("qui l’a renouvelée le dit à l’accueil : notez-le ici"))],
        href="/coop/membres/adhesions",
        button=say(N_("Voir les adhésions à renouveler")),
    )


async def find_repair_shops(reader: Reader) -> PendingLine | None:
    """Repair shops that ask to appear."""
    found, say = await pending_people.find_repair_shops(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("L’atelier « %(name)s » demande à paraître"), name=found.name)
        if found.count == 1
        else say(N_("%(count)s ateliers demandent à paraître"), count=found.count),
        since=found.since,
        href="/coop/ateliers",
        button=say(N_("Lui répondre")) if found.count == 1 else say(N_("Leur répondre")),
    )
