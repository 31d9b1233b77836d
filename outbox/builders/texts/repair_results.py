"""What came out of a repair in words: on one line, and as the sentence that asks the other side whether it is so."""

from models.repairs.results.notes import RepairNote
from outbox.builders.texts.wording import NBSP

ORGANS: dict[str, tuple[str, str]] = {
    "flat-tyre": ("pneu", "tyre"),
    "brakes": ("freins", "brakes"),
    "chain": ("chaîne", "chain"),
    "gears": ("vitesses", "gears"),
    "wheel": ("roue", "wheel"),
    "electric": ("partie électrique", "electric parts"),
    "lights": ("éclairage", "lights"),
    "diagnosis": ("diagnostic", "diagnosis"),
    "other": ("réparation", "repair"),
}

FIXED: dict[str, tuple[str, str]] = {
    "flat-tyre": ("pneu réparé", "tyre fixed"),
    "brakes": ("freins réparés", "brakes fixed"),
    "chain": ("chaîne réparée", "chain fixed"),
    "gears": ("vitesses réparées", "gears fixed"),
    "wheel": ("roue réparée", "wheel fixed"),
    "electric": ("partie électrique réparée", "electric parts fixed"),
    "lights": ("éclairage réparé", "lights fixed"),
    "diagnosis": ("panne trouvée et réparée", "fault found and fixed"),
    "other": ("réparé", "fixed"),
}

OUTCOMES: dict[str, tuple[str, str]] = {
    "repairable": ("réparable, à finir", "repairable, not finished"),
    "end-of-life": ("irréparable", "beyond repair"),
    "unknown": ("on ne sait pas", "not known"),
}

BARRIERS: dict[str, tuple[str, str]] = {
    "parts-not-available": ("pièce introuvable", "part not to be found"),
    "parts-too-expensive": ("pièces trop chères", "parts too expensive"),
    "no-way-to-open": ("impossible à démonter", "no way to open it"),
    "no-information": ("pas assez d’informations", "not enough information"),
    "lack-of-equipment": ("il manque un outil", "a tool is missing"),
    "too-worn": ("trop usé", "too worn"),
}

MOST_PARTS = 3
"""So many are named on one line."""


def write_result(note: RepairNote, language: str) -> str:
    """What came out on one line: « freins réparés, 25 min, câble de frein »."""
    place = int(language != "fr")
    parts = [*note.parts[:MOST_PARTS], *(["…"] if len(note.parts) > MOST_PARTS else [])]
    time = write_minutes(note.minutes) if note.minutes is not None else ""
    return ", ".join(filter(None, [_write_outcome(note, place), time, *parts]))


def _write_outcome(note: RepairNote, place: int) -> str:
    if note.outcome == "fixed":
        return FIXED[note.organ][place]
    why = f" ({BARRIERS[note.barrier][place]})" if note.barrier else ""
    colon = (f"{NBSP}: ", ": ")[place]
    return f"{ORGANS[note.organ][place]}{colon}{OUTCOMES[note.outcome][place]}{why}"


def write_minutes(minutes: int) -> str:
    """« 25 min », « 1 h », « 1 h 30 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02}" if rest else "")


def write_noted(title: str, note: RepairNote, language: str, *, asks: bool, by_words: bool = False) -> str:
    """What one side noted, told to the other, who is asked whether it is so; `by_words` where she has no button."""
    french, result = language == "fr", write_result(note, language)
    said = f"« {title} », c’est noté{NBSP}: {result}." if french else f"“{title}”, noted: {result}."
    learnt = (
        (f" Bon à savoir{NBSP}: {note.learnt}" if french else f" Good to know: {note.learnt}") if note.learnt else ""
    )
    if not asks:
        return said + learnt
    question = " C’est bien cela ?" if french else " Is that right?"
    how = ""
    if by_words:
        how = " Répondez « oui » à ce message, ou avec vos mots." if french else " Answer “yes”, or in your own words."
    return said + learnt + question + how
