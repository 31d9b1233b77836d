"""Update: something of ours as it is now. Each has an id of its own, or Fedify drops the second as a duplicate."""

from datetime import UTC, datetime

from federation.json.fields import PUBLIC
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Update
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from models.exchanges.agreements import Step
from models.people.actors import Actor
from models.settings import Site
from outbox.builders.objects.agreement import AgreementContext, ReportDraft, build_agreement, build_economic_event


def build_update(site: Site, author: Actor, object: Note | Proposal | Event) -> Update:
    """A post was edited, paused or closed, or what hangs on it changed, which is no edit.

    It always says when, so that one that comes late is never taken for a newer version.
    """
    note = object if isinstance(object, Note) else object.note
    return Update(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=object,
        to=note.to,
        cc=note.cc,
        audience=note.audience,
        published=note.updated or datetime.now(UTC),
    )


def build_actor_update(site: Site, actor: Actor, document: ActorDocument, at: datetime) -> Update:
    """A profile changed."""
    return Update(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=document,
        to=(PUBLIC,),
        cc=(actor.followers_uri,) if actor.followers_uri else (),
        published=at,
    )


def build_agreement_update(site: Site, case: AgreementContext) -> Update:
    """The authority tells how things stand; to the partner alone."""
    return Update(
        id=activity_uri(site, case.owner.username),
        actor=case.owner.uri,
        object=build_agreement(case),
        to=(case.partner.uri,),
        published=case.agreement.updated_at,
    )


def build_report_update(site: Site, case: AgreementContext, reporter: Actor, step: Step, said: ReportDraft) -> Update:
    """What came out is noted after the report, or noted anew; to the other side alone."""
    return Update(
        id=activity_uri(site, reporter.username),
        actor=reporter.uri,
        object=build_economic_event(case, reporter, step, said),
        to=(case.other_of(reporter).uri,),
        published=said.updated,
    )
