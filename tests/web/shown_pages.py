"""The pages that are looked at: where each is, whom it is for, and what it answers."""

from dataclasses import dataclass
from typing import Literal

from models.people.roles import RIGHTS, Right
from tests.sample_village import Village
from tests.web.looks import ONLY, WALKING, draw
from web.pages.instance.settings.pages import PAGES as SETTINGS_PAGES

Reader = Literal["visitor", "member", "neighbour", "welcome", "moderator", "keeper", "admin"]

READERS: dict[Reader, str] = {
    "visitor": "",
    "member": "alice",
    "neighbour": "hocine",
    "welcome": "awa",
    "moderator": "medhi",
    "keeper": "yun",
    "admin": "nadia",
}
"""The names by which they are members. Somebody asks to follow the neighbour, who is about to leave."""

EVERYBODY: tuple[Reader, ...] = tuple(READERS)

MEMBERS: tuple[Reader, ...] = EVERYBODY[1:]


class Shown:
    """A page: its address, which may name things of the village, and those who read it as it is meant here."""

    def __init__(self, address: str, *readers: Reader, status: int = 200) -> None:
        self.address, self.readers, self.status = address, readers, status

    def find_path(self, village: Village) -> str:
        """Where it is."""
        return self.address.format(village=village).removeprefix(village.site.url)


def list_holders(right: Right) -> tuple[Reader, ...]:
    """Those of the team who have this right."""
    return tuple(role for role in ("welcome", "moderator", "keeper", "admin") if role in RIGHTS[right])


PAGES: dict[str, Shown] = {
    "home": Shown("/", "visitor"),
    "network page": Shown("/annonces", "visitor"),
    "search": Shown("/annonces?q=tente&lieu=Lomme&km=5&genre=offer&mode=loan&cat=camping&photo=1", *EVERYBODY),
    "search on a map": Shown("/annonces?lieu=Lomme&km=10&vue=carte", "visitor", "member"),
    "place unknown": Shown("/annonces?lieu=nulle+part", *EVERYBODY),
    "search on paper": Shown("/annonces/affiche?q=tente", *EVERYBODY),
    "search for another site": Shown("/annonces/integrer?q=tente", *EVERYBODY),
    "search in a frame": Shown("/embed/annonces?q=tente", "visitor"),
    "nothing found": Shown("/annonces?q=introuvable", *EVERYBODY),
    "listing": Shown("{village.tent.post.url}", "visitor"),
    "listing to a member": Shown("{village.tent.post.url}", "neighbour"),
    "listing to its author": Shown("{village.tent.post.url}", "member"),
    "who quotes me": Shown("/citations/{village.tent.id}", "member"),
    "quoting": Shown("/citations/{village.tent.id}", "neighbour"),
    "repair call": Shown("{village.call.post.url}", "visitor"),
    "listing without photo": Shown("{village.wanted.post.url}", "visitor"),
    "waiting list": Shown("/annonces/d/{village.tent.id}/prevenir", "neighbour"),
    "waiting list elsewhere": Shown("/annonces/d/{village.sewing.id}/prevenir", "member"),
    "answers side by side": Shown("/annonces/d/{village.tent.id}/reponses", "member"),
    "copy": Shown("/annonces/d/{village.sewing.id}", "visitor"),
    "copy to a member": Shown("/annonces/d/{village.sewing.id}", "member"),
    "agenda of meetings": Shown("/rencontres", "visitor", "member"),
    "no such meeting": Shown("/rencontres?q=introuvable&quand=week-end", *EVERYBODY),
    "meeting": Shown("{village.cafe.listing.post.url}", "visitor"),
    "meeting to who comes": Shown("{village.cafe.listing.post.url}", "member"),
    "meeting to who waits": Shown("{village.cafe.listing.post.url}", "neighbour"),
    "my meetings": Shown("/rencontres/miennes", "member"),
    "no meetings of mine": Shown("/rencontres/miennes", "admin"),
    "meetings to look after": Shown("/coop/rencontres", *list_holders("meetings")),
    "meeting to announce": Shown("/coop/rencontres/nouvelle", *list_holders("meetings")),
    "meeting to change": Shown("/coop/rencontres/d/{village.cafe.id}/modifier", *list_holders("meetings_of_coop")),
    "one date to change": Shown("/coop/rencontres/d/{village.cafe.id}/date", *list_holders("meetings_of_coop")),
    "meetings of my communities": Shown("/rencontres/organiser", "member", "neighbour"),
    "meeting of a community to announce": Shown("/rencontres/organiser/nouvelle", "member", "neighbour"),
    "who comes": Shown("/coop/rencontres/d/{village.cafe.id}", *list_holders("meetings_of_coop")),
    "directory": Shown("/reseau", "visitor", "member"),
    "directory to an admin": Shown("/reseau", "admin"),
    "directory kept by an admin": Shown("/coop/territoires", *list_holders("servers")),
    "communities": Shown("/communautes", "visitor", "member", "neighbour"),
    "founding a community": Shown("/communautes/nouvelle-communaute", "member"),
    "community": Shown("/communautes/remorques", "visitor"),
    "community to who manages it": Shown("/communautes/remorques", "member"),
    "community to a member behind": Shown("/communautes/remorques", "moderator"),
    "community to who is invited": Shown("/communautes/remorques", "admin"),
    "community elsewhere": Shown("/communautes/velos@henin.test", "member"),
    "charter of a community": Shown("/communautes/remorques/charte", *EVERYBODY),
    "community on paper": Shown("/communautes/remorques/affiche", *EVERYBODY),
    "shared in a community": Shown("/communautes/remorques/annonces", "member"),
    "meetings of a community": Shown("/communautes/remorques/rencontres", "visitor"),
    "said in a community": Shown("/communautes/remorques/messages", "member"),
    "community held together": Shown("/communautes/remorques/ensemble", "member"),
    "links into a community": Shown("/communautes/remorques/liens", "member"),
    "reported in a community": Shown("/communautes/remorques/signalements", "member"),
    "settings of a community": Shown("/communautes/remorques/reglages", "member"),
    "charter of a community to change": Shown("/communautes/remorques/charte/nouvelle", "member"),
    "who asks to come into a community": Shown("/communautes/remorques/entrees", "member"),
    "members of a community": Shown("/communautes/remorques/membres", "member"),
    "decisions of a community": Shown("/communautes/remorques/decisions", "member"),
    "communities for the team": Shown("/coop/communautes", *list_holders("communities")),
    "home of the coop": Shown("/coop", *list_holders("duty")),
    "mails that are stuck": Shown("/coop/courriels", *list_holders("mails")),
    "opening to the public": Shown("/coop/ouverture", *list_holders("settings")),
    "who publishes": Shown("/coop/ouverture/mentions", *list_holders("settings")),
    "when to meet us": Shown("/coop/ouverture/horaires", *list_holders("settings")),
    "categories to name": Shown("/coop/reglages/categories", *list_holders("settings")),
    "sub-categories of the coop": Shown("/coop/reglages/categories/camping", *list_holders("settings")),
    "sub-category to delete": Shown(
        "/coop/reglages/categories/camping/tentes-de-toit/supprimer", *list_holders("settings")
    ),
    "settings": Shown("/coop/reglages", *list_holders("settings")),
    "history of settings": Shown("/coop/reglages/historique", *list_holders("settings")),
    **{
        f"settings of {one.name}": Shown(one.path, *list_holders("settings"))
        for one in SETTINGS_PAGES
        if not one.own_path
    },
    "who left": Shown("/coop/departs", *list_holders("roles")),
    "servers set aside": Shown("/coop/serveurs/liste", *list_holders("servers")),
    "all points": Shown("/coop/points", *list_holders("points")),
    "points of a member": Shown("/coop/points/alice", *list_holders("points")),
    "dues to renew": Shown("/coop/membres/adhesions?voir=ended", *list_holders("members")),
    "dues of a member": Shown("/coop/membres/alice/adhesion", *list_holders("members")),
    "dues from a table": Shown("/coop/membres/adhesions/liste", *list_holders("members")),
    "own dues": Shown("/compte/adhesion", "member", "neighbour"),
    "letters of strangers": Shown("/coop/inconnus", *list_holders("reports")),
    "requests to join": Shown("/coop/demandes", *list_holders("sign_ups")),
    "members": Shown("/coop/membres", *list_holders("members")),
    "invitations": Shown("/coop/invitations", *list_holders("invitations")),
    "one invitation": Shown("/coop/invitations/77", *list_holders("invitations")),
    "charter to write": Shown("/coop/documents/charte", *list_holders("documents")),
    "own page": Shown("/pages/nos-valeurs", "visitor", "admin"),
    "own pages": Shown("/coop/pages", *list_holders("settings")),
    "own page to write": Shown("/coop/pages/77", *list_holders("settings")),
    "new own page": Shown("/coop/pages/nouvelle", *list_holders("settings")),
    "version of an own page": Shown("/coop/pages/77/versions/1", *list_holders("settings")),
    "own page to delete": Shown("/coop/pages/77/supprimer", *list_holders("settings")),
    "new member": Shown("/coop/membres/nouveau", *list_holders("roles")),
    "member": Shown("/coop/membres/alice", *list_holders("members")),
    "on duty": Shown("/coop/permanence", *list_holders("duty")),
    "places": Shown("/coop/lieux", *list_holders("places")),
    "place to keep": Shown("/coop/lieux/nadia", *list_holders("places")),
    "appointments of a shop": Shown("/ateliers/atelier/gerer/rendez-vous", "member", "admin"),
    "no appointments of a shop yet": Shown("/ateliers/rayon/gerer/rendez-vous", "member"),
    "tour of a shop": Shown("/ateliers/ines/gerer/tournee", "admin"),
    "tour of nobody yet": Shown("/tournee", "member"),
    "where a shop comes by": Shown("/ateliers/rayon/gerer/passages", "member"),
    "result of an appointment": Shown("/ateliers/atelier/gerer/rendez-vous/{village.visit.id}/resultat", "member"),
    "a repair with its result": Shown("/echanges/{village.visit.exchange_id}", "admin"),
    "result of a repair": Shown("/echanges/{village.visit.exchange_id}/resultat", "admin"),
    "appointment to choose": Shown("/annonces/d/{village.book.id}/demander", "neighbour"),
    "appointment to ask for": Shown(
        "/annonces/d/{village.book.id}/demander?du=2030-05-06&de=09:00&au=2030-05-06&a=10:00", "neighbour"
    ),
    "appointments": Shown("{village.book.post.url}", "visitor", "member"),
    "servers": Shown("/coop/serveurs", *list_holders("servers")),
    "server": Shown("/coop/serveurs/henin.test", *list_holders("servers")),
    "profile": Shown("/@alice", "visitor"),
    "own profile": Shown("/@alice", "member"),
    "profile elsewhere": Shown("/@bob@henin.test", "member"),
    "coop elsewhere": Shown("/@coop@henin.test", *EVERYBODY),
    "note": Shown("/notes/{village.distant_note.id}", "member"),
    "feed": Shown("/fil", "member"),
    "empty feed": Shown("/fil", "admin"),
    "alerts": Shown("/alertes", *MEMBERS),
    "an alert": Shown("/alertes/{village.alert.id}", "neighbour"),
    "new alert": Shown("/alertes/nouvelle?q=scie&lieu=Lomme&km=10&genre=offer&mode=loan&photo=1", *EVERYBODY),
    "alert on everything": Shown("/alertes/nouvelle", "member"),
    "news": Shown("/notifications", "member"),
    "no news": Shown("/notifications", "admin"),
    "tag": Shown("/tags/couture", *EVERYBODY),
    "empty tag": Shown("/tags/rien", *EVERYBODY),
    "help": Shown("/aide", *EVERYBODY),
    "one idea of the help": Shown("/aide/echange", *EVERYBODY),
    "help for a role": Shown("/aide/moderateur", *EVERYBODY),
    "glossary": Shown("/aide/glossaire", *EVERYBODY),
    "easy help": Shown("/aide/facile/velo", *EVERYBODY),
    "legal": Shown("/mentions-legales", *EVERYBODY),
    "personal data": Shown("/donnees-personnelles", *EVERYBODY),
    "moderation in public": Shown("/moderation", *EVERYBODY),
    "credits": Shown("/credits", *EVERYBODY),
    "accessibility": Shown("/accessibilite", *EVERYBODY),
    "programs": Shown("/api/docs", *EVERYBODY),
    "publish": Shown("/publier", "member"),
    "publish several": Shown("/publier/plusieurs", "member"),
    "cases": Shown("/coop/dossiers", *list_holders("reports")),
    "cases to confirm": Shown("/coop/dossiers?voir=a-confirmer", *list_holders("reports")),
    "appeals": Shown("/coop/dossiers?voir=recours", *list_holders("reports")),
    "cases decided": Shown("/coop/dossiers?voir=decides", *list_holders("reports")),
    "a case to decide": Shown("/coop/dossiers/11", *list_holders("reports")),
    "a case to confirm": Shown("/coop/dossiers/12", *list_holders("reports")),
    "a case with an appeal": Shown("/coop/dossiers/13", *list_holders("reports")),
    "own decision": Shown("/compte/decisions/23", "neighbour"),
    "own decision to object to": Shown("/compte/decisions/24", "member"),
    "journal": Shown("/coop/journal", *list_holders("duty")),
    "health": Shown("/coop/sante", *list_holders("operation")),
    "journal for members": Shown("/journal", "member"),
    "own reports": Shown("/compte/signalements", "member"),
    "reporting": Shown("/signaler/annonce/{village.drill.id}", "visitor"),
    "reporting elsewhere": Shown("/signaler/compte/{village.bob.id}", "member"),
    "reporting a message of a talk": Shown("/signaler/message/{village.message.id}", "member"),
    "reporting by address": Shown("/signaler", *EVERYBODY),
    "reporting what is not there": Shown("/signaler?adresse=/notes/1", "visitor", status=422),
    "reporting a page": Shown("/signaler/page?adresse=https://127.0.0.1/annonces", "visitor", status=404),
    "reported": Shown("/signaler/merci?fait=reported", *MEMBERS),
    "bikes": Shown("/mes-velos", "member"),
    "bike to note": Shown("/mes-velos/nouveau", "member"),
    "book of a bike": Shown("/mes-velos/{village.bike}", "member"),
    "book of a bike under way": Shown("/mes-velos/{village.leaving}", "member"),
    "book of a bike on paper": Shown("/mes-velos/{village.bike}/imprimer", "member"),
    "bike to change": Shown("/mes-velos/{village.bike}/modifier", "member"),
    "reminders of a bike": Shown("/mes-velos/{village.bike}/rappels", "member"),
    "bike to give": Shown("/mes-velos/{village.bike}/donner", "member"),
    "code of no bike": Shown("/velo/aaaaaaaaaaaaaaaaaaaaaaaa", "visitor", status=410),
    "line of a book": Shown("/mes-velos/{village.bike}/ligne", "member"),
    "repair shops": Shown("/ateliers", "visitor", "member"),
    "repair shops on a map": Shown("/ateliers?lieu=Lomme&km=10&vue=carte", "visitor"),
    "no such repair shop": Shown("/ateliers?panne=electric&velo=folding&lieu=Lomme&km=5", *EVERYBODY),
    "repair shop": Shown("/ateliers/rayon", "visitor"),
    "repair shop to its manager": Shown("/ateliers/rayon", "member"),
    "repair shop that does not appear": Shown("/ateliers/ines", "admin"),
    "repair shop to manage": Shown("/ateliers/rayon/gerer", "member"),
    "repair shop that asks": Shown("/ateliers/ines/gerer", "admin"),
    "prices of a repair shop": Shown("/ateliers/rayon/gerer/prix", "member"),
    "price to change": Shown("/ateliers/rayon/gerer/prix?ligne=1", "member"),
    "figures": Shown("/chiffres?periode=2026-03", "visitor", "admin"),
    "figures of a commune": Shown("/chiffres?periode=2025&lieu=59355", "visitor"),
    "figures of no period": Shown("/chiffres?periode=1999", "visitor", status=404),
    "figures of the network": Shown("/chiffres/reseau?periode=2026-03", "visitor"),
    "figures for elected people": Shown("/chiffres/pour-les-elus", "visitor"),
    "figures to publish": Shown("/coop/chiffres", *list_holders("figures")),
    "repairs in figures": Shown("/coop/reparations", *list_holders("duty")),
    "repairs in figures to show": Shown("/coop/reparations?version=partager", "admin"),
    "repairs as open data": Shown("/coop/reparations/donnees", *list_holders("figures")),
    "importing repairs": Shown("/coop/reparations/importer", *list_holders("repair_shops")),
    "repair shops for the team": Shown("/coop/ateliers", *list_holders("repair_shops")),
    "is this bike stolen": Shown("/velo-vole", "member", "neighbour"),
    "who asked about bikes": Shown("/coop/velo-vole", *list_holders("reports")),
    "diagnostic": Shown("/diagnostic", *EVERYBODY),
    "diagnostic, a question": Shown(
        "/diagnostic?suite=non-et-le-velo-roule.les-freins.des-patins-qui-serrent-la-jante.il-frotte-quand-je-roule",
        "visitor",
        "member",
    ),
    "diagnostic, a sheet": Shown(
        "/diagnostic?suite=non-et-le-velo-roule.les-freins.des-patins-qui-serrent-la-jante."
        "il-frotte-quand-je-roule.tout-le-temps",
        "visitor",
        "member",
    ),
    "diagnostic, a stop": Shown("/diagnostic?suite=les-freins-ne-freinent-plus", *EVERYBODY),
    "diagnostic, a call": Shown(
        "/diagnostic?suite=non-mais-il-ne-roule-plus.un-pneu.il-est-a-plat.je-n-ai-pas-de-pompe", "visitor", "member"
    ),
    "diagnostic, an evening": Shown("/diagnostic?suite=non-et-le-velo-roule.la-selle.je-ne-sais-pas", "visitor"),
    "diagnostic on one page": Shown("/diagnostic/entier", "visitor"),
    "diagnostic, mended": Shown("/diagnostic/repare", *EVERYBODY),
    "editor of the diagnostic": Shown("/coop/diagnostic", *list_holders("settings")),
    "version of the diagnostic": Shown("/coop/diagnostic/versions/0", *list_holders("settings")),
    "broken down": Shown("/depannage", "visitor"),
    "broken down for a member": Shown("/depannage", *MEMBERS),
    "calling for help": Shown("/depannage/appeler", "visitor"),
    "calling for help, where": Shown("/depannage/appeler?organe=wheel&velo=city&roule=0", "visitor", "member"),
    "one's own call": Shown("/depannage/appels/{village.call.id}", "neighbour"),
    "private link that is gone": Shown(f"/appel/MQ.{'A' * 24}", "visitor", status=410),
    "repair call to publish": Shown("/publier?genre=repair_call", "member"),
    "edit": Shown("{village.tent.post.url}/modifier", "member"),
    "following": Shown("/abonnements", "neighbour"),
    "acting from here": Shown("/authorize_interaction?uri=%40bob%40henin.test", "member"),
    "acting on nothing": Shown("/authorize_interaction?uri=rien", "member", status=422),
    "log-in": Shown("/connexion", "visitor"),
    "registration": Shown("/inscription", "visitor"),
    "account": Shown("/compte", "member"),
    "profile form": Shown("/compte/profil", "member"),
    "going away": Shown("/compte/absence", "member"),
    "back from going away": Shown("/compte/absence", "admin"),
    "a place that is away": Shown("/@nadia", "visitor"),
    "profile form of a place": Shown("/compte/profil", "admin"),
    "what places lend": Shown("/annonces?partenaire=1", *EVERYBODY),
    "e-mail form": Shown("/compte/courriel", "member"),
    "choice of mails": Shown("/compte/courriels", "member"),
    "own calendar": Shown("/compte/agenda", "member"),
    "my place": Shown("/chez-moi", "member"),
    "my place with nothing over": Shown("/chez-moi?voir=finies", "member"),
    "my place of a place": Shown("/chez-moi", "admin"),
    "nothing that came back": Shown("/chez-moi/revenues", "neighbour"),
    "what came back": Shown("/chez-moi/revenues", "member"),
    "agenda": Shown("/agenda", "member"),
    "agenda of a month": Shown("/agenda?mois=2027-05", "member"),
    "password": Shown("/compte/mot-de-passe", "member"),
    "two steps": Shown("/compte/securite", "member"),
    "moving": Shown("/compte/demenagement", "member"),
    "devices": Shown("/compte/appareils", "member"),
    "own data": Shown("/compte/donnees", "member"),
    "own data in preparation": Shown("/compte/donnees", "neighbour"),
    "own data ready": Shown("/compte/donnees", "admin"),
    "leaving": Shown("/compte/supprimer", "member"),
    "leaving as the last administrator": Shown("/compte/supprimer", "admin"),
    "about to leave": Shown("/compte/supprimer", "neighbour"),
    "hidden people": Shown("/compte/masques", "member"),
    "servers set aside, for all": Shown("/a-l-ecart", *EVERYBODY),
    "points": Shown("/points", "member"),
    "no points yet": Shown("/points?avant=1", "admin"),
    "messages of strangers": Shown("/messages/inconnus", "member"),
    "no messages of strangers": Shown("/messages/inconnus", "neighbour"),
    "choice of mails of the team": Shown("/compte/courriels", "admin"),
    "why": Shown("/pourquoi", *MEMBERS),
    "not found": Shown("/n-existe-pas", *EVERYBODY, status=404),
    "withdrawn": Shown("{village.withdrawn.post.url}", "visitor", status=410),
    "not open yet": Shown("/pas-encore", "visitor", status=503),
    "forbidden": Shown("/erreur/403", *EVERYBODY, status=403),
    "not understood": Shown("/erreur/422", *EVERYBODY, status=422),
    "too many": Shown("/erreur/429", *EVERYBODY, status=429),
    "broken": Shown("/erreur/500", *EVERYBODY, status=500),
    "away": Shown("/erreur/503", *EVERYBODY, status=503),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One reader's look at a page. Who only tries the door may also be told that nothing is there."""

    name: str
    reader: Reader
    tries: bool = False

    def __str__(self) -> str:
        return f"{self.name} as {self.reader}"


def list_drawn() -> list[Visit]:
    """Each page once, by one of those who read it."""
    return [Visit(name, draw(page.readers, "reader", name)) for name, page in PAGES.items()]


def list_all() -> list[Visit]:
    """Each page by all who read it, and each address by everybody."""
    meant = [Visit(name, reader) for name, page in PAGES.items() for reader in page.readers]
    gone = {(PAGES[one.name].address, one.reader) for one in meant}
    names = {page.address: name for name, page in reversed(PAGES.items())}
    tried = [
        Visit(name, reader, tries=True)
        for address, name in names.items()
        for reader in EVERYBODY
        if (address, reader) not in gone
    ]
    return meant + tried


def list_visits() -> list[Visit]:
    """Those of this run."""
    return [one for one in list_all() if ONLY in str(one)] if WALKING else list_drawn()
