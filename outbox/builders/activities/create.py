"""Create: something new of ours, with the object inside."""

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Create
from federation.vocabulary.bike_books import BikeBook
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from federation.vocabulary.polls import Vote
from models.exchanges.agreements import Step
from models.people.actors import Actor
from models.settings import Site
from outbox.builders.objects.agreement import AgreementContext, ReportDraft, build_economic_event


def build_create(site: Site, author: Actor, object: Note | Proposal | Event) -> Create:
    """Addressed as its object is."""
    note = object if isinstance(object, Note) else object.note
    return Create(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=object,
        to=note.to,
        cc=note.cc,
        audience=note.audience,
        published=note.published,
    )


def build_create_of_bike(site: Site, giver: Actor, book: BikeBook, recipient_uri: str) -> Create:
    """A bike with the whole of its book, to its new owner alone."""
    return Create(id=activity_uri(site, giver.username), actor=giver.uri, object=book, to=(recipient_uri,))


def build_vote(site: Site, voter: Actor, vote: Vote) -> Create:
    """A vote, for the author of the poll alone."""
    return Create(id=activity_uri(site, voter.username), actor=voter.uri, object=vote, to=vote.to)


def build_report(site: Site, case: AgreementContext, reporter: Actor, step: Step, said: ReportDraft) -> Create:
    """One side reports that something was done, to the other alone."""
    return Create(
        id=activity_uri(site, reporter.username),
        actor=reporter.uri,
        object=build_economic_event(case, reporter, step, said),
        to=(case.other_of(reporter).uri,),
        published=said.at,
    )
