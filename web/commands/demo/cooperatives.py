"""Who plays in the demo: two cooperatives, their members, and what these offer, look for and need repaired."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from pathlib import Path

from models.people.accounts import Role
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.preferences import Preferences
from web.commands.demo.calls import HENIN_CALLS, LOMME_CALLS
from web.commands.demo.demo_listing import DemoListing

PHOTOS = Path(__file__).parent / "photos"

PASSWORD = "essai-declic"  # noqa: S105 - shown to everybody who starts the demo, on loopback only


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMember:
    """A member; with a `street` a place that people come to, open in the `week`."""

    username: str
    name: str
    place: str
    roles: tuple[Role, ...] = ()
    follows: tuple[str, ...] = ()
    street: str = ""
    week: tuple[OpeningInterval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCooperative:
    """A cooperative: its folder, its port, how it presents itself, who is in it."""

    folder: str
    title: str
    port: int
    preferences: Preferences
    parts: tuple[DemoMember, ...]
    ads: tuple[DemoListing, ...]

    @property
    def host(self) -> str:
        """As in handles."""
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://{self.host}"


LOMME = DemoCooperative(
    folder="lomme",
    title="Lomme",
    port=8001,
    preferences=Preferences(
        name="La Remise",
        sentence="La coopérative du prêt et du coup de main de Lomme",
        territory_kind="commune",
        territory_codes=("59355",),
        territory_name="Lomme",
        registration="open",
        address="12 rue de l’Égalité\n59160 Lomme",
        hours=write_hours(make_hours([OpeningInterval(day=day, opens=time(10), closes=time(18)) for day in (2, 5)], ()))
        or {},
        legal_publisher="La Remise, coopérative de démonstration",
        legal_director="Nadia",
        legal_host="Cet ordinateur",
        points=True,
        points_one="graine",
        points_many="graines",
    ),
    parts=(
        DemoMember(
            username="nadia",
            name="Nadia",
            place="59160 Lomme",
            roles=("admin",),
            follows=("offres", "services", "bruno"),
        ),
        DemoMember(
            username="maryse", name="Maryse", place="59160 Lomme", follows=("offres", "demandes", "depannage_velo")
        ),
        DemoMember(
            username="objets",
            name="L’objetothèque de Lomme",
            place="59160 Lomme",
            street="14 rue de l’Égalité",
            week=(
                OpeningInterval(day=2, opens=time(14), closes=time(18)),
                OpeningInterval(day=5, opens=time(10), closes=time(12, 30)),
                OpeningInterval(day=5, opens=time(14), closes=time(18)),
            ),
        ),
        DemoMember(username="hocine", name="Hocine", place="59130 Lambersart", follows=("depannage_velo", "leonie")),
    ),
    ads=(
        DemoListing(
            author="maryse",
            kind="offer",
            mode="loan",
            title="Tente 4 places, facile à monter",
            text="Deux chambres, et une entrée où l’on tient debout. On la monte à deux en un quart d’heure, même en "
            "se disputant.\n\nJe la prête sèche, rendez-la sèche. Les piquets et le maillet sont dans le sac.",
            category="camping",
            photos=(
                ("tente", "La tente montée sur une pelouse, porte ouverte"),
                ("tente-2", "La tente de près, la porte ouverte"),
                ("tente-3", "Le sac, les piquets et le maillet"),
            ),
            more={"condition": "good", "max_duration": "P1W", "points": 12},
        ),
        DemoListing(
            author="hocine",
            kind="offer",
            mode="gift",
            title="Plants de tomates cornues",
            text="Une dizaine de pots, semés en mars. Apportez de quoi les porter : ils sont déjà hauts.",
            category="plantes",
            days=21,
            photos=(("plants", "Trois plants de tomates dans leurs pots"),),
        ),
        DemoListing(
            author="objets",
            kind="offer",
            mode="loan",
            title="Appareil à raclette pour huit",
            text="À retirer aux heures d’ouverture, à rapporter propre. Les poêlons sont comptés : il y en a huit.",
            category="cuisine",
            more={"condition": "good", "max_duration": "P3D", "deposit": Decimal(20)},
        ),
        DemoListing(
            author="hocine",
            kind="offer",
            mode="loan",
            title="Perceuse à percussion, mèches comprises",
            text="700 watts, elle traverse la brique. Deux jours, c’est assez pour une étagère.",
            category="outil-electrique",
            photos=(("perceuse", "Une perceuse bleue"),),
            more={"condition": "good", "max_duration": "P2D", "points": 6},
        ),
        DemoListing(
            author="nadia",
            kind="offer",
            mode="service",
            title="Remplir ses papiers à deux, c’est moins long",
            text="CAF, mutuelle, inscription à la cantine : je tiens la permanence du mercredi après-midi.",
            category="administratif",
            days=120,
            more={"points": 8},
        ),
        DemoListing(
            author="maryse",
            kind="request",
            mode="loan",
            title="Cherche diable et sangles pour un samedi",
            text="Je déménage ma mère, deuxième étage sans ascenseur. Je rapporte tout le dimanche.",
            category="demenagement",
            days=30,
        ),
        *LOMME_CALLS,
    ),
)

HENIN = DemoCooperative(
    folder="henin-carvin",
    title="Hénin-Carvin",
    port=8002,
    preferences=Preferences(
        name="Coop des deux terrils",
        sentence="Prêter, donner, réparer, d’Hénin à Carvin",
        territory_kind="epci",
        territory_codes=("246200299",),
        territory_name="Hénin-Carvin",
        registration="open",
        accent="prune",
        address="3 place Jean-Jaurès\n62110 Hénin-Beaumont",
        opening_hours="Du mardi au vendredi, de 14 h à 18 h",
        legal_publisher="Coop des deux terrils, coopérative de démonstration",
        legal_director="Bruno",
        legal_host="Cet ordinateur",
    ),
    parts=(
        DemoMember(
            username="bruno",
            name="Bruno",
            place="62220 Carvin",
            roles=("admin",),
            follows=("offres", "demandes", "nadia"),
        ),
        DemoMember(
            username="leonie", name="Léonie", place="62110 Hénin-Beaumont", follows=("offres", "services", "maryse")
        ),
        DemoMember(username="samira", name="Samira", place="62220 Carvin", follows=("offres", "demandes")),
    ),
    ads=(
        DemoListing(
            author="leonie",
            kind="offer",
            mode="service",
            title="Ourlets et fermetures éclair",
            text="Je couds depuis toujours. Apportez le fil de la bonne couleur, je fais le reste pendant le café.",
            category="couture-retouche",
            days=120,
            photos=(("machine-a-coudre", "Une machine à coudre et un pantalon à raccourcir"),),
        ),
        DemoListing(
            author="samira",
            kind="offer",
            mode="loan",
            title="Appareil à raclette, huit personnes",
            text="Il chauffe vite. Rendez-le propre, le poêlon du fond attache un peu.",
            category="cuisine",
            photos=(("raclette", "Un appareil à raclette sur une nappe à carreaux"),),
            more={"condition": "good", "max_duration": "P3D"},
        ),
        DemoListing(
            author="bruno",
            kind="offer",
            mode="loan",
            title="Échelle de 3 mètres, à venir chercher",
            text="Elle ne rentre pas dans une citadine. Prévoyez une galerie, ou un voisin.",
            category="echelle",
            photos=(("echelle", "Une échelle en bois contre un mur de briques"),),
        ),
        DemoListing(
            author="samira",
            kind="request",
            mode="gift",
            title="Cherche un vélo pour une enfant de 7 ans",
            text="Roues de 20 pouces. Même fatigué : on a une pompe, des rustines et du temps.",
            category="velo-enfant",
            days=45,
        ),
        *HENIN_CALLS,
    ),
)

COOPERATIVES = (LOMME, HENIN)

STREAMS = ("offres", "services", "demandes", "depannage_velo")
"""What the coop actors follow of one another."""
