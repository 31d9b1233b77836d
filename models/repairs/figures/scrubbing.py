"""What was typed about a repair, without what could tell whose it was. Rather too much goes than too little. Pure."""

import re
from collections.abc import Collection, Iterable

from models.places.places import fold_name

LEFT_OUT = "[…]"

_STREETS = (
    r"rue|avenue|av|boulevard|bd|bld|impasse|all[ée]e|chemin|quai|r[ée]sidence|ruelle|venelle|chauss[ée]e|dr[èe]ve|"
    r"faubourg|fbg|lotissement|hameau|square|esplanade"
)

_NUMBERED_STREETS = rf"{_STREETS}|place|pl|route|rte|cours|cit[ée]|passage|sentier|voie|rond-point|villa|clos|mail"

_REST = r"[^,.;:!?\n]{0,40}"
"""Of an address: up to where the sentence goes on."""

_PATTERNS = (
    re.compile(rf"\b\d{{1,4}} ?(?:bis|ter|quater)?,? ?(?:{_NUMBERED_STREETS})\b{_REST}", re.IGNORECASE),
    re.compile(rf"\b(?:{_STREETS}) {_REST}", re.IGNORECASE),
    # A postcode, and the name that follows it.
    re.compile(r"(?<!\d)\d{5}(?!\d)(?: [A-ZÀ-Ý][\w'’-]{0,40}){0,3}"),
    # Eight figures and more, however they are apart: telephones, numbers of frames and of bills, dates of birth.
    re.compile(r"(?<!\d)(?:\+|00)?\d(?:[ .\-/()]{0,2}\d){7,16}"),
    # Plates of today, and of before 2009.
    re.compile(r"\b[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2}\b", re.IGNORECASE),
    re.compile(r"\b\d{1,4} ?[A-Z]{2,3} ?(?:\d{2}|2[AB])\b"),
    # Marks on frames: letters and figures in one.
    re.compile(r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{7,20}\b", re.IGNORECASE),
    # Whoever is called by what goes before a name.
    re.compile(
        r"\b(?:M\.|Mr\.?|Mme\.?|Mlle\.?|monsieur|madame|mademoiselle|docteur|dr\.?|chez|client|cliente|appeler) "
        r"(?:(?:de|du|le|la) )?[A-ZÀ-Ý][\w'’-]{1,40}(?: [A-ZÀ-Ý][\w'’-]{1,40})?"
    ),
    re.compile(
        r"\b(?:monsieur|madame|mademoiselle|mme|mlle) (?:(?:de|du|le|la) )?[\w'’-]{2,40}(?: [A-ZÀ-Ý][\w'’-]{1,40})?",
        re.IGNORECASE,
    ),
)

_WORD = re.compile(r"[^\W_]+")

_TWICE = re.compile(r"\[…\](?:[\s,'’-]*\[…\])+")

_NAME = "\0"
"""In the place of a name, while it is looked at what follows it."""

_AFTER_NAME = re.compile(r"\0(?: [A-ZÀ-Ý][\w'’-]{1,40})?")
"""A family name follows that of a member, who gave only her first name here."""

_KEPT_WORDS = """
    a au aux avant arriere atelier attache avec axe batterie bas boite boitier bon bruit cable cadre capteur carter
    casse cassette chaine chambre changer chargeur cle clou cote courroie crevaison creve dans de deraille derailleur
    des devant direction disque du dur eclairage ecrou electrique elle en et etrier eux fait feu feux fourche frein
    freins fuite gaine galet garde grand grince guidon haut il jante jeu la le les libre levier lui lumiere ma manette
    manivelle mauvais mes moteur moyeu ne neuf ni non nos nous on ou oui panne par pas patin patins pedale pedalier
    petit phare pignon plaquettes plat plateau plus pneu pneus poignee porte potence pour que qui rayon rayons reglage
    remplace reparation revision roue roues rouille sa sans se selle serre ses si son sur ta te tige toi tourne tu
    un une use usure valve velo velos vis vitesse vitesses voile vous y
"""

_KEPT = frozenset(_KEPT_WORDS.split())
"""Words about bikes and of every sentence: somebody may be called so, and is not meant."""


def read_names(names: Iterable[str]) -> frozenset[str]:
    """The words of these names, as they are looked for in what was typed."""
    words = (word for name in names for word in fold_name(name).split())
    return frozenset(word for word in words if len(word) >= 2 and not word.isdecimal()) - _KEPT


def scrub(text: str, names: Collection[str]) -> str:
    """The text on one line, without addresses, telephones, mails, plates and the words of `names` (`read_names`)."""
    words = [
        "" if "@" in word or "://" in word or "www." in word.lower() else word
        for word in text.replace(_NAME, "").split()
    ]
    plain = " ".join(word or LEFT_OUT for word in words)
    for pattern in _PATTERNS:
        plain = pattern.sub(LEFT_OUT, plain)
    plain = _WORD.sub(lambda found: _NAME if fold_name(found[0]).strip() in names else found[0], plain)
    plain = _AFTER_NAME.sub(LEFT_OUT, plain)
    return _TWICE.sub(LEFT_OUT, plain)
