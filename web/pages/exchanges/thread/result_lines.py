"""What came out of a repair, as lines of the thread tell it: in one line, then what was noted besides."""

from models.repairs.results.notes import RepairNote
from outbox.builders.texts.repair_results import MOST_PARTS, write_result
from web.pages.exchanges.terms.summary import TermLine
from web.rendering.date_ranges import ReaderLocale
from web.rendering.render import N_


def list_result_lines(locale: ReaderLocale, note: RepairNote) -> list[TermLine]:
    """Only what was said."""
    told = [
        ("result", N_("Résultat"), write_result(note, locale.language)),
        ("parts", N_("Pièces"), ", ".join(note.parts) if len(note.parts) > MOST_PARTS else ""),
        ("problem", N_("Ce qui n’allait pas"), note.problem),
        ("learnt", N_("Bon à savoir"), note.learnt),
        ("brand", N_("Marque"), note.brand),
    ]
    return [TermLine(key=key, icon="repair", label=locale.say(label), text=text) for key, label, text in told if text]
