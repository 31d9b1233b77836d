"""What happened in a case before, and to the person, in words with who and when: its journal and earlier decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.moderation.appeals import Appeal
from models.moderation.case_notes import CaseNote
from models.moderation.cases import CaseStep
from models.moderation.decisions import DecisionExtra, DecisionKind, ModerationDecision
from web.pages.moderation.reports import ReportLine
from web.rendering.i18n import Say
from web.rendering.render import N_

STEPS = {
    "taken": N_("%(who)s a pris le dossier"),
    "given_back": N_("%(who)s a rendu le dossier à l’équipe"),
    "withdrew": N_("%(who)s a laissé le dossier, motif : %(words)s"),
    "reopened": N_("%(who)s a rouvert le dossier"),
    "thread_read": N_("%(who)s a ouvert toute une conversation signalée, motif : %(words)s"),
}

KINDS: Mapping[DecisionKind, str] = {
    "nothing": N_("rien, classé"),
    "warn": N_("un mot"),
    "hide": N_("masquer"),
    "limit": N_("limiter le compte"),
    "suspend": N_("suspendre le compte"),
    "exclude": N_("exclure"),
}
"""What is decided, as the team says it."""

SOMEBODY = N_("Quelqu’un de l’équipe")
"""Who did it, where the account is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """What happened, when."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """A decision as the case page shows it; `holds` while it is in force."""

    decision: ModerationDecision
    extra: DecisionExtra
    appeal: Appeal | None
    by: str
    second: str
    what: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a case's journal is made of; `names` are people's by their row ids, `places` what servers are called."""

    say: Say
    names: Mapping[int, str]
    reports: Sequence[ReportLine]
    steps: Sequence[CaseStep]
    notes: Sequence[CaseNote]
    past: Sequence[PastDecision]
    places: Mapping[str, str]

    def who(self, id: int | None) -> str:
        """What somebody of the team is called."""
        return self.names.get(id or 0) or self.say(SOMEBODY)

    def list_lines(self) -> list[HistoryLine]:
        """Everything, the latest first."""
        lines = [HistoryLine(at=one.report.created_at, words=self._tell_report(one)) for one in self.reports]
        lines += [self._tell_step(one) for one in self.steps]
        lines += [
            HistoryLine(at=one.created_at, words=self.say(N_("%(who)s a écrit une note"), who=self.who(one.author_id)))
            for one in self.notes
        ]
        lines += [line for one in self.past for line in self._tell_decision(one)]
        return sorted(lines, key=lambda line: line.at, reverse=True)

    def _tell_step(self, step: CaseStep) -> HistoryLine:
        words = self.say(STEPS[step.act], who=self.who(step.by_id), words=step.words)
        untold = [self.names[id] for id in step.untold_ids if self.names.get(id)]
        if untold:
            told = self.say(N_("aucun message n’a pu prévenir %(names)s"), names=", ".join(untold))
            words = f"{words} ({told})"
        return HistoryLine(at=step.at, words=words)

    def _tell_report(self, one: ReportLine) -> str:
        if one.from_host:
            return self.say(N_("Un signalement reçu de %(host)s"), host=self.places[one.from_host])
        if one.reporter is None:
            return self.say(N_("Un signalement reçu d’une personne sans compte"))
        return self.say(N_("Un signalement reçu de %(who)s"), who=one.reporter.name)

    def _tell_decision(self, one: PastDecision) -> list[HistoryLine]:
        made, say = one.decision, self.say
        names = {"who": one.by, "what": one.what}
        if (made.second_id is None and made.effective_at is None) or made.seconded_at or made.refused_at:
            told = say(N_("%(who)s a proposé : %(what)s"), **names)
        elif made.effective_at is None:
            told = say(
                N_("%(who)s a proposé : %(what)s, et demandé l’accord de %(second)s"), second=one.second, **names
            )
        else:
            told = say(N_("%(who)s a décidé : %(what)s"), **names)
        lines = [HistoryLine(at=made.decided_at, words=told)]
        if made.seconded_at is not None:
            words = say(N_("%(who)s a confirmé : %(what)s"), who=one.second, what=one.what)
            lines.append(HistoryLine(at=made.seconded_at, words=words))
        if made.refused_at is not None:
            words = say(N_("%(who)s a refusé, motif : %(words)s"), who=one.second, words=one.extra.refused_words)
            lines.append(HistoryLine(at=made.refused_at, words=words))
        if one.extra.returned_at is not None:
            words = say(N_("Sans réponse, la proposition est revenue à toute l’équipe"))
            lines.append(HistoryLine(at=one.extra.returned_at, words=words))
        if made.taken_back_at is not None:
            words = say(N_("%(who)s revient sur : %(what)s"), who=self.who(made.taken_back_by), what=one.what)
            lines.append(HistoryLine(at=made.taken_back_at, words=words))
        return lines + self._tell_appeal(one)

    def _tell_appeal(self, one: PastDecision) -> list[HistoryLine]:
        if one.appeal is None:
            return []
        lines = [HistoryLine(at=one.appeal.made_at, words=self.say(N_("Un recours est arrivé")))]
        if one.appeal.decided_at is not None:
            kept = N_("%(who)s a relu le recours : la décision reste")
            gone = N_("%(who)s a relu le recours : la décision est levée")
            words = self.say(kept if one.appeal.outcome == "kept" else gone, who=self.who(one.appeal.decided_by))
            lines.append(HistoryLine(at=one.appeal.decided_at, words=words))
        return lines
