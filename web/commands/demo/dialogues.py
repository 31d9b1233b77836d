"""The talks of the demo as data: who speaks to whom about what, line by line."""

from dataclasses import dataclass
from typing import Literal

Act = Literal["ask", "say", "counter", "accept", "out", "back", "done", "thank"]
Who = Literal["owner", "partner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueLine:
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
class Dialogue:
    """About whose small ad, with whom of which house."""

    house: str
    owner: str
    title: str
    partner_house: str
    partner: str
    lines: tuple[DialogueLine, ...]


DIALOGUES: tuple[Dialogue, ...] = (
    Dialogue(
        house="lomme",
        owner="maryse",
        title="Tente 4 places, facile à monter",
        partner_house="henin-carvin",
        partner="leonie",
        lines=(
            DialogueLine(
                who="partner",
                act="ask",
                text="Bonjour Maryse, votre tente nous irait bien : on part à Wissant, à quatre et à vélo.",
                begins=(16, 10),
                ends=(21, 12),
                place="La Remise",
            ),
            DialogueLine(
                who="owner",
                act="say",
                text="Bonjour ! Avec plaisir. Je pars moi-même juste après, il me la faut le soir.",
            ),
            DialogueLine(who="owner", act="counter", begins=(16, 10), ends=(20, 12), place="La Remise"),
            DialogueLine(
                who="partner", act="say", text="C’est noté. On rentre par le train de 17 h, je passe vers 18 h."
            ),
            DialogueLine(who="partner", act="counter", begins=(16, 10), ends=(20, 18), place="La Remise"),
        ),
    ),
    Dialogue(
        house="henin-carvin",
        owner="samira",
        title="Appareil à raclette, huit personnes",
        partner_house="lomme",
        partner="nadia",
        lines=(
            DialogueLine(
                who="partner",
                act="ask",
                text="Bonjour Samira, pour l’anniversaire de ma mère. Je viens en train, il tient dans un sac ?",
                begins=(9, 0),
                ends=(11, 0),
            ),
            DialogueLine(who="owner", act="say", text="Oui, prenez un grand cabas. Je suis à Carvin, près de la gare."),
            DialogueLine(who="owner", act="accept"),
        ),
    ),
    Dialogue(
        house="lomme",
        owner="hocine",
        title="Perceuse à percussion, mèches comprises",
        partner_house="lomme",
        partner="maryse",
        lines=(
            DialogueLine(who="partner", act="ask", text="Pour une étagère, samedi.", begins=(1, 0), ends=(2, 0)),
            DialogueLine(who="owner", act="accept"),
            DialogueLine(who="partner", act="back"),
            DialogueLine(who="owner", act="back"),
            DialogueLine(who="partner", act="thank", text="L’étagère tient. Merci Hocine !"),
        ),
    ),
    Dialogue(
        house="henin-carvin",
        owner="leonie",
        title="Ourlets et fermetures éclair",
        partner_house="lomme",
        partner="hocine",
        lines=(
            DialogueLine(
                who="partner", act="ask", text="Bonjour, la fermeture de mon blouson a lâché. Vous faites aussi ça ?"
            ),
            DialogueLine(who="owner", act="say", text="Bien sûr. Passez mercredi, le café sera prêt."),
            DialogueLine(who="owner", act="accept"),
            DialogueLine(who="owner", act="done"),
            DialogueLine(who="partner", act="done"),
            DialogueLine(
                who="partner",
                act="thank",
                text="Blouson sauvé pendant le café. Merci Léonie, il repart pour dix ans !",
                for_all=True,
            ),
            DialogueLine(
                who="owner", act="thank", text="Merci à vous pour les histoires de vélo, le café passe plus vite."
            ),
        ),
    ),
    Dialogue(
        house="lomme",
        owner="hocine",
        title="Plants de tomates cornues",
        partner_house="henin-carvin",
        partner="bruno",
        lines=(
            DialogueLine(who="partner", act="ask", text="Bonjour, j’en prendrais volontiers pour le jardin partagé."),
        ),
    ),
    Dialogue(
        house="lomme",
        owner="maryse",
        title="Cherche diable et sangles pour un samedi",
        partner_house="henin-carvin",
        partner="bruno",
        lines=(
            DialogueLine(
                who="partner",
                act="ask",
                text="J’ai les deux au garage. Je peux vous les déposer la veille.",
                begins=(10, 0),
                ends=(12, 0),
            ),
            DialogueLine(who="owner", act="accept"),
            DialogueLine(who="owner", act="say", text="Vous nous sauvez le dos. À vendredi !"),
        ),
    ),
    Dialogue(
        house="henin-carvin",
        owner="leonie",
        title="Chaîne qui saute dans les côtes",
        partner_house="lomme",
        partner="hocine",
        lines=(
            DialogueLine(
                who="partner",
                act="ask",
                text="C’est souvent la cassette. Je viens samedi avec de quoi mesurer la chaîne.",
                begins=(3, 14),
                place="Devant la gare d’Hénin-Beaumont",
            ),
        ),
    ),
)
