"""Parts of a text from elsewhere that this server shows in its own way: a quote's line, the name of what is no Note."""

from html import escape

from federation.html import clean, clean_text
from federation.vocabulary.embedded import Postlike, note_of
from federation.vocabulary.marketplace import Event
from federation.vocabulary.objects import Note
from outbox.builders.wording import write_state


def strip_quote(note: Note) -> str:
    """The text without what stands in it for those who show no quotes: here a card does, below what is public."""
    html = note.content
    if note.quote is None or not note.is_public:
        return html
    for tag in ("p", "span"):
        begin = html.find(f'<{tag} class="quote-inline"')
        end = html.find(f"</{tag}>", begin) if begin >= 0 else -1
        if end >= 0:
            return html[:begin] + html[end + len(tag) + 3 :]
    return html


def write_head(object: Postlike, limit: int) -> str:
    """The name as a first line; an event that is called off says so, wherever only its content is shown."""
    note = note_of(object)
    called_off = isinstance(object, Event) and object.status == "CANCELLED"
    state = write_state("cancelled", "en" if (note.language or "fr").startswith("en") else "fr") if called_off else ""
    return clean(f"<p><strong>{escape(state + clean_text(note.name, limit), quote=False)}</strong></p>")
