"""What a post from elsewhere shows: its text as clean HTML, with what its type says beside it, and its pictures."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from federation.texts.html_cleaner import clean, clean_text, from_text, to_text
from federation.texts.inline_pictures import find_pictures
from federation.vocabulary.embedded import Postlike, note_of
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import PLAYED, Note
from federation.vocabulary.parts import MAX_ALT, Document
from models.posts.media.media import MAX_KEPT, RemoteDocument
from outbox.builders.texts.wording import write_state

PLAIN = frozenset({"Note", "Question"})
"""Types that are shown by their text alone; all others lead to their own page too."""

NAME_LIMIT = 1_000

_EMPTY_LINK = re.compile(r"<a [^<>]*+></a>")
"""What is left of a link around a picture."""

_SIZE = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w{1,5}\Z)")
"""How WordPress names the smaller copies of one picture."""


def read_content(object: Postlike) -> str:
    """Clean HTML: the name, the text, what it points to, and for what is no Note a link to where it lives (AX5)."""
    note = note_of(object)
    text = read_text(note)
    if note.type not in PLAIN:
        return _frame(note, text, _read_state(object))
    if not isinstance(object, Note):
        return text
    title = "" if note.in_reply_to else _write_title(note, text)
    return "".join((title, text, *_write_links(note, text), *_write_facts(note, text)))


def read_description(object: Postlike) -> str:
    """The text alone, with the pages that it points to, and the address where its place has one."""
    note = note_of(object)
    text = read_text(note)
    address = _write_place(note, text) if note.location and note.location.street else ""
    return "".join((text, *_write_links(note, text), address))


def read_text(note: Note) -> str:
    """What its author wrote, as clean HTML."""
    content = _strip_quote(note)
    if note.media_type != "text/html":
        return from_text(content)
    return _EMPTY_LINK.sub("", clean(content))


def _strip_quote(note: Note) -> str:
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


def _read_state(object: Postlike) -> str:
    """An event that is called off says so, wherever only its content is shown."""
    if not isinstance(object, Event) or object.status != "CANCELLED":
        return ""
    return write_state("cancelled", "en" if (object.note.language or "fr").startswith("en") else "fr")


def _frame(note: Note, text: str, state: str) -> str:
    """Title, text, links, where and when, and last the page itself."""
    page = note.url or note.id
    known = not note.name or (_leads_to(text, page) and note.type not in PLAYED)
    end = "" if known else _write_page(note, page)
    return "".join((_write_title(note, text, state), text, *_write_links(note, text), *_write_facts(note, text), end))


def _write_title(note: Note, text: str, state: str = "") -> str:
    """The name, unless the text begins with it; after its state, if that is another than usual."""
    title = " ".join(clean_text(note.name, NAME_LIMIT).split())
    if not (title or state) or (not state and _first_line(text, title) == title):
        return ""
    return f"<p><strong>{escape(state + title, quote=False)}</strong></p>"


def _first_line(text: str, title: str) -> str:
    """As far as it may be this title."""
    return " ".join(to_text(text[: 3 * len(title) + 100]).partition("\n")[0].split())


def _write_links(note: Note, text: str) -> Iterator[str]:
    """The pages that it points to, each once, and not those that its text has or that are itself."""
    for link in {link.href: link for link in note.links}.values():
        if not _leads_to(text, link.href) and link.href not in {note.url, note.id}:
            name = " ".join(clean_text(link.name, NAME_LIMIT).split()) or link.href
            yield clean(f'<p><a href="{escape(link.href)}">{escape(name)}</a></p>')


def _write_facts(note: Note, text: str) -> Iterator[str]:
    """Where it is and when, as it stands in no language, unless the text says so itself (Gancio)."""
    yield _write_place(note, text)
    if note.start_time and "📅" not in text:
        yield f"<p>📅 {_write_period(note.start_time, note.end_time)}</p>"


def _write_place(note: Note, text: str) -> str:
    place = note.location
    if place is None or "📍" in text:
        return ""
    town = " ".join(part for part in (place.postcode, place.locality) if part)
    name = "" if place.street.startswith(place.name) else place.name
    words = ", ".join({part: None for part in (name, place.street, town) if part})
    return f"<p>📍 {escape(words, quote=False)}</p>" if words else ""


def _write_period(start: datetime, end: datetime | None) -> str:
    """`2026-12-05 14:00 – 17:00`, in the time of the place."""
    written = f"{start:%Y-%m-%d %H:%M}"
    if end is None or end <= start:
        return written
    return f"{written} – {end:%H:%M}" if end.date() == start.date() else f"{written} – {end:%Y-%m-%d %H:%M}"


def _write_page(note: Note, page: str) -> str:
    """A link to its page; of a film or a sound, where it plays, with how long it lasts."""
    link = f'<a href="{escape(page)}">{escape(page)}</a>'
    if note.type not in PLAYED:
        return clean(f"<p>{link}</p>")
    return clean(f"<p>▶ {link}{f' ({write_duration(note.duration)})' if note.duration else ''}</p>")


def write_duration(seconds: int) -> str:
    """`19:05`, `1:02:00`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _leads_to(text: str, address: str) -> bool:
    return f'href="{escape(address)}"' in text


def read_attachments(object: Postlike) -> list[RemoteDocument]:
    """Pictures and other files that hang on a post, and the pictures in its text, each once."""
    note = note_of(object)
    inline = find_pictures(note.content) if note.media_type == "text/html" else {}
    said = {_key(address): alt for address, alt in inline.items()}
    found = [_read_document(note, document, said) for document in note.attachments]
    known = {_key(document.url) for document in found}
    found += [
        RemoteDocument(url=address, description=alt[:MAX_ALT])
        for address, alt in inline.items()
        if _key(address) not in known
    ]
    return found[:MAX_KEPT]


def _read_document(note: Note, document: Document, said: dict[str, str]) -> RemoteDocument:
    """An attachment; without words of its own it has those that it has in the text, a poster those of its film."""
    alone = note.name if note.type in PLAYED else ""
    return RemoteDocument(
        url=document.url,
        mime_type=document.media_type,
        description=document.name or said.get(_key(document.url), "")[:MAX_ALT] or alone,
        width=document.width,
        height=document.height,
        blurhash=document.blurhash,
        focus_x=document.focal_point[0] if document.focal_point else None,
        focus_y=document.focal_point[1] if document.focal_point else None,
        duration=document.duration,
        poster_url=document.poster,
    )


def _key(address: str) -> str:
    """What two addresses of one picture have in common."""
    parts = urlsplit(address)
    return f"{parts.netloc}{_SIZE.sub('', parts.path)}?{parts.query}"
