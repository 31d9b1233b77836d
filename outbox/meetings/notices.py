"""Telling those who registered: members, people elsewhere by their software or in words, guests by mail."""

from dataclasses import dataclass

from federation.vocabulary.activities.activities import Accept, Reject
from federation.vocabulary.activities.participation import Join, TentativeAccept
from models.meetings import occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_join
from outbox.builders.activities.reject import build_reject_of_join
from outbox.builders.activities.tentative_accept import build_tentative_accept
from outbox.builders.texts.meetings import WORDS, News, write_when, write_where
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.threads.cooperative_messages import write_to_member
from outbox.traffic.send import Recipients, send

MAIL = "meeting_mail"
"""The name of the job that writes to a guest."""

LANGUAGES = ("fr", "en")

SPOKEN = ("Person",)
"""Whom a private note is written to; programs and groups would answer it."""


async def tell(conn: Connection, site: Site, full: FullMeeting, registration: Registration, news: News) -> None:
    """Say it to whoever registered, in her own way; guests get a mail, which a job writes with their own link.

    Whom the organiser wrote down, the organiser tells.
    """
    if registration.by_hand:
        return
    if registration.actor_id is None:
        details = full.listing.details  # what is withdrawn has neither when the mail is written
        said = {"news": news, "title": details.title, "place_name": details.place_name}
        await jobs.enqueue(conn, MAIL, {"id": registration.id, "turn": registration.turn} | said)
        return
    person = await actors.get(conn, registration.actor_id)
    if not person.local and registration.uri is not None:
        await _answer(conn, site, full, registration, news)
        return
    occurrence = await occurrences.find(conn, registration.occurrence_id)
    if occurrence is None:
        return
    place = await registrations.find_place(conn, registration)
    words = {
        language: write_news(full, occurrence, news, language, place=place, page=full.listing.post.url)
        for language in LANGUAGES
    }
    if person.local:
        await write_to_member(conn, site, person, words)
    else:
        await _write_elsewhere(conn, site, full, person, words)


async def _write_elsewhere(
    conn: Connection, site: Site, full: FullMeeting, person: Actor, words: dict[str, str]
) -> None:
    """A private note by the organiser, below the meeting, so that an answer to it is understood too."""
    organiser = await actors.get(conn, full.listing.post.author_id)
    if person.type not in SPOKEN or not organiser.local or person.deleted_at is not None:
        return
    language = "en" if full.listing.post.language == "en" else "fr"
    text = f"@{person.handle} {words[language]}"[: notes.TEXT_LIMIT]
    draft = NoteDraft(text=text, audience="direct", language=language, handles=(person.handle,))
    await notes.answer(conn, site, organiser, full.listing.post, draft)


async def _answer(conn: Connection, site: Site, full: FullMeeting, registration: Registration, news: News) -> None:
    """The activity that answers her Join; nothing for what her server hears from the Event itself."""
    assert registration.actor_id is not None
    person = await actors.get(conn, registration.actor_id)
    organiser = await actors.get(conn, full.listing.post.author_id)
    join = Join(id=registration.uri or "", actor=person.uri, object=full.listing.uri, people=registration.people)
    place = await registrations.find_place(conn, registration)
    if organiser.local:
        await send_answer(conn, site, organiser, person, join, Answer(news=news, place=place))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered to a Join: a seat, a place in the line, or neither and why; `people` where it is for fewer."""

    news: News
    place: int | None = None
    people: int | None = None
    reason: str = ""


async def send_answer(conn: Connection, site: Site, organiser: Actor, person: Actor, join: Join, said: Answer) -> None:
    """Accept for a seat, TentativeAccept for a place in the line, Reject for neither."""
    activity: Accept | Reject | TentativeAccept
    match said.news:
        case "seat":
            activity = build_accept_of_join(site, organiser, join)
        case "waiting":
            activity = build_tentative_accept(site, organiser, join, said.place or 1)
        case "refused":
            activity = build_reject_of_join(site, organiser, join, said.reason)
        case _:
            return
    await send(conn, organiser, activity, Recipients(named_ids=(person.id,)), about=join.id, listed=False)


def write_news(
    full: FullMeeting, occurrence: Occurrence, news: News, language: str, *, place: int | None, page: str
) -> str:
    """One sentence with what she has to know, as it stands now."""
    details, meeting = full.listing.details, full.meeting
    return WORDS[news, language].format(
        title=details.title,
        when=write_when(occurrence.begins_at, occurrence.ends_at, meeting.timezone, language),
        where=write_where(details, meeting, occurrence.venue),
        place=place or 1,
        page=page,
    )
