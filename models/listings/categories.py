"""What listings are about: a fixed tree of two levels, each with an IRI that all cooperatives share."""

from dataclasses import dataclass
from typing import Literal

from models.preferences import Preferences

PREFIX = "https://w3id.org/declic/cat#"
"""A category's IRI is this and its slug; once published it never changes its meaning."""

OWN = "."
"""Stands in the slug of a sub-category of ours, between that of the shared one and its own."""

Branch = Literal["goods", "services", "repairs"]
"""Things, help, and bikes to repair: which publish form offers the category."""

BRANCH_LABELS: dict[Branch, tuple[str, str]] = {
    "goods": ("Objets", "Things"),
    "services": ("Services et coups de main", "Services and help"),
    "repairs": ("Dépannage vélo", "Bike repair"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category; `hashtag` is what a listing in it is tagged with, `parent` the slug of the wider one."""

    slug: str
    branch: Branch
    french: str
    english: str
    hashtag: str
    parent: str | None = None
    uri: str = ""

    def label(self, language: str = "fr") -> str:
        """Its name in French, or for other readers in English."""
        return self.french if language == "fr" else self.english


# slug, French, English, hashtag; narrower ones are indented under the wider one.
_GOODS = """
velo | Vélos et accessoires | Bikes and accessories | Vélo
  velo-adulte | Vélo adulte | Adult bike | Vélo
  velo-enfant | Vélo enfant | Child's bike | Vélo
  velo-electrique | Vélo électrique | Electric bike | VéloÉlectrique
  velo-cargo | Vélo cargo | Cargo bike | VéloCargo
  remorque | Remorque | Trailer | Remorque
  piece-velo | Pièces et accessoires | Parts and accessories | PièceVélo
outillage | Travaux et outillage | Building and tools | Outils
  outil-electrique | Outils électriques | Power tools | Outils
  outil-main | Outils à main | Hand tools | Outils
  echelle | Échelles et escabeaux | Ladders and steps | Échelle
  materiaux | Matériaux | Materials | Matériaux
outil-jardin | Jardin | Garden | Jardin
  plantes | Graines et plantes | Seeds and plants | Plantes
maison | Maison | Home | Maison
  meuble | Meubles | Furniture | Meuble
  electromenager | Électroménager | Appliances | Électroménager
  entretien | Entretien de la maison | Cleaning | Entretien
  couture | Couture | Sewing | Couture
cuisine | Cuisine | Kitchen | Cuisine
fete | Réceptions et fêtes | Parties and events | Fête
  tonnelle | Tonnelles, tables et bancs | Tents, tables and benches | Fête
  vaisselle | Vaisselle | Tableware | Vaisselle
  sono | Son et lumière | Sound and light | Sono
enfant | Enfants et puériculture | Children and baby | Enfant
  jouet | Jouets | Toys | Jouet
  puericulture | Puériculture | Baby equipment | Puériculture
vetement | Vêtements et accessoires | Clothes and accessories | Vêtements
culture | Livres, jeux et musique | Books, games and music | Culture
  livre | Livres | Books | Livre
  jeu | Jeux | Games | Jeu
  instrument | Instruments de musique | Musical instruments | Musique
  film | Films et disques | Films and records | Culture
sport | Sport et plein air | Sport and outdoors | Sport
  camping | Camping et randonnée | Camping and hiking | Camping
  materiel-sport | Matériel de sport | Sports equipment | Sport
vacances | Voyages et week-ends | Travel and weekends | Voyage
  bagage | Valises et sacs | Luggage | Voyage
  carte-guide | Cartes et guides | Maps and guides | Voyage
loisir | Loisirs et création | Leisure and crafts | Loisirs
informatique | Informatique et téléphonie | Computers and phones | Informatique
image-son | Image et son | Photo, video and audio | ImageEtSon
sante | Matériel médical | Medical equipment | MatérielMédical
vehicule | Équipement pour véhicules | Vehicle equipment | Véhicule
animaux | Animaux | Pets | Animaux
alimentation | Alimentation | Food | Alimentation
  recolte | Récoltes et conserves | Harvest and preserves | Récolte
espace | Lieux et espaces | Rooms and spaces | Espace
heure-temps | Heure de temps partagé | Shared hour | TempsPartagé
autres | Autres | Other | Divers
"""

_SERVICES = """
bricolage | Aide au bricolage | Help with repairs at home | Bricolage
  montage-meuble | Montage de meubles | Furniture assembly | Bricolage
  petit-electrique | Petits travaux électriques | Small electrical jobs | Bricolage
  peinture | Peinture et décoration | Painting and decorating | Peinture
jardinage | Jardinage | Gardening | Jardinage
cours | Cours et transmission | Lessons | Cours
  soutien-scolaire | Soutien scolaire | Help with school | SoutienScolaire
  cours-langue | Langues | Languages | Langues
  cours-musique | Musique | Music | Musique
  cours-mecanique | Mécanique vélo | Bike mechanics | MécaniqueVélo
numerique | Aide numérique | Help with computers | AideNumérique
administratif | Aide administrative | Help with paperwork | AideAdministrative
transport | Transport et déménagement | Transport and moving | Transport
  covoiturage | Covoiturage | Car sharing | Covoiturage
  demenagement | Déménagement | Moving house | Déménagement
  courses | Courses et livraison | Errands and delivery | Courses
garde | Garde | Care | Garde
  garde-enfants | Garde d’enfants | Childcare | GardeEnfants
  garde-animaux | Garde d’animaux | Pet sitting | GardeAnimaux
compagnie | Compagnie et visites | Company and visits | Compagnie
couture-retouche | Couture et retouches | Sewing and alterations | Couture
reparation-objet | Réparation d’objets | Mending things | Réparation
cuisine-partagee | Cuisine partagée | Cooking together | Cuisine
benevolat | Bénévolat | Volunteering | Bénévolat
autres-services | Autres services | Other services | Service
"""

_REPAIRS = """
velo-reparation | Réparation de vélo | Bike repair | DépannageVélo
  crevaison | Pneu et crevaison | Tyre and puncture | Crevaison
  freins | Freins | Brakes | Freins
  transmission | Chaîne et vitesses | Chain and gears | Transmission
  reparation-roue | Roue | Wheel | Roue
  reparation-electrique | Assistance électrique | Electric assistance | VéloÉlectrique
  eclairage-velo | Éclairage | Lights | Éclairage
  revision-velo | Révision | Check-up | RévisionVélo
"""


def _read_tree(branch: Branch, text: str) -> list[Category]:
    found: list[Category] = []
    wider: str | None = None
    for line in text.strip().splitlines():
        slug, french, english, hashtag = (part.strip() for part in line.split("|"))
        wider = wider if line.startswith(" ") else None
        found.append(
            Category(
                slug=slug,
                branch=branch,
                french=french,
                english=english,
                hashtag=hashtag,
                parent=wider,
                uri=PREFIX + slug,
            )
        )
        wider = wider or slug
    return found


CATEGORIES: tuple[Category, ...] = (
    *_read_tree("goods", _GOODS),
    *_read_tree("services", _SERVICES),
    *_read_tree("repairs", _REPAIRS),
)
"""All of them, each wider one before its narrower ones, in the order in which forms show them."""

_BY_SLUG = {category.slug: category for category in CATEGORIES}

OTHER = _BY_SLUG["autres"]
"""Where a thing goes that fits nowhere, and what is not known here."""


def find(slug: str) -> Category | None:
    """The category with this slug."""
    return _BY_SLUG.get(slug)


def find_chosen(chosen: str) -> Category | None:
    """The shared category of what was chosen: itself, or the one that a sub-category of ours is under."""
    return find(chosen.partition(OWN)[0])


def split_chosen(chosen: str | None) -> tuple[str | None, str | None]:
    """The slug of the shared category of what was chosen; and the whole of it where it is a sub-category of ours."""
    shared, own, _ = (chosen or "").partition(OWN)
    return shared or None, chosen if own else None


def takes(chosen: Preferences, category: str) -> bool:
    """Whether something new may go into this category, a shared one or a sub-category of ours."""
    closed = {*chosen.categories_closed, *(one.slug for one in chosen.subcategories if one.closed)}
    return not closed & {category, category.partition(OWN)[0]}


def find_by_uri(uri: str) -> Category | None:
    """The category with this IRI."""
    return _BY_SLUG.get(uri.removeprefix(PREFIX)) if uri.startswith(PREFIX) else None


def list_narrower(slug: str) -> list[Category]:
    """What is one level below this."""
    return [category for category in CATEGORIES if category.parent == slug]


def list_slugs(slug: str) -> list[str]:
    """This slug and those below it: what a filter by category has to look for."""
    return [slug, *(category.slug for category in list_narrower(slug))]


def read_category(uri: str) -> Category:
    """What a category from elsewhere is here: ours, or OTHER under its own IRI, called by the last part of it."""
    known = find_by_uri(uri)
    if known is not None:
        return known
    tail = uri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
    name = " ".join(tail.split())[:60] or OTHER.french
    return Category(slug=OTHER.slug, branch=OTHER.branch, french=name, english=name, hashtag=OTHER.hashtag, uri=uri)
