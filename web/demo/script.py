"""The talks of the demo as data: who speaks to whom about what, line by line."""

from dataclasses import dataclass
from typing import Literal

Act = Literal["ask", "say", "counter", "accept", "out", "back", "done", "thank"]
Who = Literal["owner", "partner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One act. `begins` and `ends` are days from today with an hour; hour 0 for whole days. Thanks are private or
    `for_all`."""

    who: Who
    act: Act
    text: str = ""
    begins: tuple[int, int] | None = None
    ends: tuple[int, int] | None = None
    place: str = ""
    in_return: str = ""
    for_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """About whose small ad, with whom of which house."""

    house: str
    owner: str
    title: str
    partner_house: str
    partner: str
    lines: tuple[Line, ...]


TALKS: tuple[Talk, ...] = (
    Talk(
        house="lomme",
        owner="maryse",
        title="Tente 4 places, facile à monter",
        partner_house="henin-carvin",
        partner="leonie",
        lines=(
            Line(
                who="partner",
                act="ask",
                text="Bonjour Maryse, votre tente nous irait bien : on part à Wissant, à quatre et à vélo.",
                begins=(16, 10),
                ends=(21, 12),
                place="La Remise",
            ),
            Line(
                who="owner",
                act="say",
                text="Bonjour ! Avec plaisir. Je pars moi-même juste après, il me la faut le soir.",
            ),
            Line(who="owner", act="counter", begins=(16, 10), ends=(20, 12), place="La Remise"),
            Line(who="partner", act="say", text="C’est noté. On rentre par le train de 17 h, je passe vers 18 h."),
            Line(who="partner", act="counter", begins=(16, 10), ends=(20, 18), place="La Remise"),
        ),
    ),
    Talk(
        house="henin-carvin",
        owner="samira",
        title="Appareil à raclette, huit personnes",
        partner_house="lomme",
        partner="nadia",
        lines=(
            Line(
                who="partner",
                act="ask",
                text="Bonjour Samira, pour l’anniversaire de ma mère. Je viens en train, il tient dans un sac ?",
                begins=(9, 0),
                ends=(11, 0),
            ),
            Line(who="owner", act="say", text="Oui, prenez un grand cabas. Je suis à Carvin, près de la gare."),
            Line(who="owner", act="accept"),
        ),
    ),
    Talk(
        house="lomme",
        owner="hocine",
        title="Perceuse à percussion, mèches comprises",
        partner_house="lomme",
        partner="maryse",
        lines=(
            Line(who="partner", act="ask", text="Pour une étagère, samedi.", begins=(1, 0), ends=(2, 0)),
            Line(who="owner", act="accept"),
            Line(who="partner", act="back"),
            Line(who="owner", act="back"),
            Line(who="partner", act="thank", text="L’étagère tient. Merci Hocine !"),
        ),
    ),
    Talk(
        house="henin-carvin",
        owner="leonie",
        title="Ourlets et fermetures éclair",
        partner_house="lomme",
        partner="hocine",
        lines=(
            Line(who="partner", act="ask", text="Bonjour, la fermeture de mon blouson a lâché. Vous faites aussi ça ?"),
            Line(who="owner", act="say", text="Bien sûr. Passez mercredi, le café sera prêt."),
            Line(who="owner", act="accept"),
            Line(who="owner", act="done"),
            Line(who="partner", act="done"),
            Line(
                who="partner",
                act="thank",
                text="Blouson sauvé pendant le café. Merci Léonie, il repart pour dix ans !",
                for_all=True,
            ),
            Line(who="owner", act="thank", text="Merci à vous pour les histoires de vélo, le café passe plus vite."),
        ),
    ),
    Talk(
        house="lomme",
        owner="hocine",
        title="Plants de tomates cornues",
        partner_house="henin-carvin",
        partner="bruno",
        lines=(Line(who="partner", act="ask", text="Bonjour, j’en prendrais volontiers pour le jardin partagé."),),
    ),
    Talk(
        house="lomme",
        owner="maryse",
        title="Cherche diable et sangles pour un samedi",
        partner_house="henin-carvin",
        partner="bruno",
        lines=(
            Line(
                who="partner",
                act="ask",
                text="J’ai les deux au garage. Je peux vous les déposer la veille.",
                begins=(10, 0),
                ends=(12, 0),
            ),
            Line(who="owner", act="accept"),
            Line(who="owner", act="say", text="Vous nous sauvez le dos. À vendredi !"),
        ),
    ),
    Talk(
        house="henin-carvin",
        owner="leonie",
        title="Chaîne qui saute dans les côtes",
        partner_house="lomme",
        partner="hocine",
        lines=(
            Line(
                who="partner",
                act="ask",
                text="C’est souvent la cassette. Je viens samedi avec de quoi mesurer la chaîne.",
                begins=(3, 14),
                place="Devant la gare d’Hénin-Beaumont",
            ),
        ),
    ),
)
