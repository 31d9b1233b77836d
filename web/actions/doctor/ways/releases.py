"""Whether there is a newer Déclic, where administrators chose to have that asked (DECLIC_RELEASES)."""

from federation.software import read_version
from models.coop import release_notices
from models.coop.release_notices import ReleaseNotice
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless
from web.actions.doctor.look_words import tell_cause
from web.rendering.render import N_


async def check_releases(at: Patient) -> Finding:
    """What was heard last: nothing is asked here."""
    if at.settings.releases is None:
        return skip_needless(
            at.say(N_("On ne demande à personne s’il y a une version plus récente (DECLIC_RELEASES)."))
        )
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await release_notices.find(conn)
    if found is None or (found.version is None and found.failure is None):
        words = N_("On demandera dans l’heure s’il y a une version plus récente.")
        return Finding(severity="skipped", what=at.say(words))
    return _judge_known(at, found) or _judge_asking(at, found)


def _judge_asking(at: Patient, found: ReleaseNotice) -> Finding:
    """Of what was heard nothing is newer than ours; whether it was heard the last time, too."""
    if found.failure is not None:
        words = N_("L’adresse qui annonce les nouvelles versions ne répond pas comme il faut : %(why)s.")
        return Finding(
            severity="warning",
            what=at.say(words, why=tell_cause(at.say, found.failure)),
            mend=at.say(N_("Voyez si l’adresse dans DECLIC_RELEASES est toujours la bonne\u00a0:")),
            command=f"curl -s {at.settings.releases}",
        )
    day = found.asked_at.strftime("%d/%m/%Y")
    return ok(at.say(N_("Déclic %(version)s est la dernière version, le %(day)s."), version=read_version(), day=day))


def _judge_known(at: Patient, found: ReleaseNotice) -> Finding | None:
    """One that is newer than ours stays so, whether or not its address answers today; None where none is."""
    own, new = read_version(), found.version or ""
    if not _is_newer(new, own):
        return None
    secure = _is_newer(found.secure_version or "", own)
    words = (
        N_("Déclic %(new)s corrige une faille de sécurité ; ici, c’est encore la %(own)s. %(page)s")
        if secure
        else N_("Déclic %(new)s est sorti ; ici, c’est la %(own)s. %(page)s")
    )
    return Finding(
        severity="error" if secure else "warning",
        what=at.say(words, new=new, own=own, page=found.page or "").strip(),
        mend=at.say(N_("Téléchargez-la, voyez ce qui changera, puis installez-la comme la première fois\u00a0:")),
        command="declic upgrade --check declic-….whl",
    )


def _is_newer(version: str, own: str) -> bool:
    return _read(version) > _read(own)


def _read(version: str) -> list[int]:
    """Of one that is not finished, what stands before that is said."""
    return [int(part) if part.isdecimal() else 0 for part in version.split(".")[:3]]
