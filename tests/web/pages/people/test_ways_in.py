"""Every way in, in every mode, by page and by app: who is in, who waits, what she sees, and who is told."""

from dataclasses import dataclass
from typing import Literal

import pytest

from federation.instance import Instance
from models.access import applications, tokens
from models.access.applications import NewApplication
from models.people import accounts
from models.people.accounts import Account
from models.people.arrivals import waiting_accounts
from models.people.documents import acceptances
from models.preferences import Registration
from models.store.database import Connection, fetch_column, fetch_value, transaction
from outbox.people.accounts import confirm
from tests.factories import make_local_actor
from tests.invitations import make_invitation, publish_charter
from tests.web.applicants import CAROLE, QUESTIONS, choose
from tests.web.form_client import Doorbell, add_member
from web.api.routes import ROUTES as API
from web.security.invitation_links import make_address

Outcome = Literal["in", "waits", "out"]

WITHOUT: dict[Registration, Outcome] = {"open": "in", "approval": "waits", "invitation": "out", "closed": "out"}
"""What becomes of who brings no invitation."""

INVITED: dict[str, tuple[dict[str, object], Outcome]] = {
    "team": ({}, "in"),
    "team_yes": ({"needs_yes": True}, "waits"),
    "member": ({"team": False}, "in"),
    "member_yes": ({"team": False, "needs_yes": True}, "waits"),
    "mailed": ({"places": 1, "email": "EMAIL"}, "in"),
}
"""What becomes of who does, whatever the mode; EMAIL is her address."""

SEEN: dict[tuple[Outcome, bool], str] = {
    ("in", False): "Bienvenue à",
    ("in", True): "Plus qu’un clic",
    ("waits", False): "Votre demande est partie",
    ("waits", True): "va lire votre demande",
}
"""What a page says, without and with mail."""

CODES = {("in", False): 200, ("in", True): 403, ("waits", False): 403, ("waits", True): 403}
"""What an app's token is answered."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One of them: `told` are those who hear of her once her address is confirmed, with what."""

    name: str
    outcome: Outcome
    link: str
    inviter: str
    proven: bool

    @property
    def told(self) -> set[tuple[str, str]]:
        if self.outcome == "waits":
            return {("nadia", "sign_up"), ("awa", "sign_up")}
        return {("nadia", "admin.sign_up"), ("awa", "admin.sign_up")} | (
            {(self.inviter, "invitation_used")} if self.inviter else set()
        )


PLACES: list[tuple[Registration, bool]] = [
    *((mode, mail) for mode in ("open", "approval") for mail in (False, True)),
    ("invitation", True),
    ("closed", False),
]
"""In which mode, and whether mail is sent."""


@pytest.mark.parametrize(("mode", "mail"), PLACES)
async def test_each_way_in_ends_as_it_says(door: Doorbell, mailing: Doorbell, mode: Registration, mail: bool) -> None:
    here = mailing if mail else door
    here._app.add_routes(API)
    instance = here.instance
    await choose(instance, mode, QUESTIONS)
    await add_member(instance, "nadia", roles=["admin"])
    await add_member(instance, "awa", roles=["welcome"])
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        charter = await publish_charter(conn)

    for number, name in enumerate(("none", *INVITED)):
        by_app = (number + PLACES.index((mode, mail))) % 2 == 1  # each way by both, in places next to each other
        email = f"carole{number}{by_app:d}@example.org"
        way = await prepare(instance, name, mode, email)
        seen = await (join_by_app if by_app else join_by_page)(here, way, email, charter)
        async with transaction(instance.pool) as conn:
            await check(conn, way, seen, email, charter, mail=mail, by_app=by_app)


async def prepare(instance: Instance, name: str, mode: Registration, email: str) -> Way:
    if name == "none":
        return Way(name=name, outcome=WITHOUT[mode], link="", inviter="", proven=False)
    changes, outcome = INVITED[name]
    values = {key: email if value == "EMAIL" else value for key, value in changes.items()}
    inviter = "nadia" if values.get("team", True) else "alice"
    async with transaction(instance.pool) as conn:
        maker = await accounts.find_by_username(conn, inviter)
        assert maker is not None
        id = await make_invitation(conn, maker.actor_id, **values)
        link = (await make_address(conn, instance, id, 1)).removeprefix(instance.site.url)
    return Way(name=name, outcome=outcome, link=link, inviter=inviter, proven=name == "mailed")


async def join_by_page(door: Doorbell, way: Way, email: str, charter: int) -> tuple[int, str]:
    visitor = await door.ring()
    await visitor.open(way.link or "/inscription")
    if way.outcome == "out":
        return visitor.status, visitor.text
    answers = {"accept": "1", "answer_1": "Une scie."}
    await visitor.send("/inscription", CAROLE | answers | {"username": email.partition("@")[0], "email": email})
    return visitor.status, visitor.text


async def join_by_app(door: Doorbell, way: Way, email: str, charter: int) -> tuple[int, str]:
    visitor = await door.ring()
    async with transaction(door.instance.pool) as conn:
        new = NewApplication(name="App", website=None, redirect_uris=("urn:ietf:wg:oauth:2.0:oob",), scopes=("write",))
        application, _ = await applications.register(conn, new)
        bearer = await tokens.create(conn, actor_id=None, scopes=("read", "write"), application=application)
    typed = {"username": email.partition("@")[0], "email": email, "password": CAROLE["password"]}
    answer = await visitor.client.post(
        "/api/v1/accounts",
        json=typed | {"agreement": True, "reason": "Une scie.", "invite_code": way.link},
        headers={"Authorization": f"Bearer {bearer}"},
    )
    if answer.status != 200:
        return answer.status, await answer.text()
    bearer = (await answer.json())["access_token"]
    own = await visitor.client.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {bearer}"})
    return own.status, await own.text()


async def check(
    conn: Connection, way: Way, seen: tuple[int, str], email: str, charter: int, *, mail: bool, by_app: bool
) -> None:
    cell = (way.name, "app" if by_app else "page")
    account = await accounts.find_by_email(conn, email)
    if way.outcome == "out":
        assert account is None and seen[0] == (403 if by_app else 200), cell
        assert "form class" not in seen[1].partition("<main")[2], cell
        return
    assert account is not None, cell
    asks = mail and not way.proven
    if by_app:
        assert seen[0] == CODES[way.outcome, asks], (cell, seen)
    else:
        assert seen[0] == 200 and SEEN[way.outcome, asks] in seen[1], cell
    assert (account.standing == "waiting") is (way.outcome == "waits"), cell
    assert (await fetch_mails(conn, account) == ["confirm"]) is asks, cell
    if asks:
        told_early = {one for one in await list_told(conn, account) if one[1] != "sign_up"}
        assert told_early == set(), cell
        await confirm(conn, account.actor_id)
    assert await list_told(conn, account) == way.told, cell
    assert await waiting_accounts.has_confirmed(conn, account) or not mail or asks, cell
    traced = await fetch_column(
        conn,
        """
        SELECT a.username FROM invitation_use u JOIN invitation i ON i.id = u.invitation_id
        JOIN actor a ON a.id = i.made_by WHERE u.actor_id = $1
        """,
        account.actor_id,
    )
    assert traced == ([way.inviter] if way.inviter else []), cell
    accepted = await fetch_value(
        conn,
        "SELECT accepted_at FROM document_acceptance WHERE actor_id = $1 AND version_id = $2",
        account.actor_id,
        charter,
    )
    assert accepted is not None and await acceptances.find_due(conn, account.actor_id) is None, cell
    asked = await waiting_accounts.find_request(conn, account.actor_id)
    if asked is not None:
        assert [one["words"] for one in asked.answers] == ["Une scie."], cell


async def fetch_mails(conn: Connection, account: Account) -> list[str]:
    return await fetch_column(
        conn,
        """
        SELECT convert_from(payload, 'UTF8')::jsonb ->> 'kind' FROM pgqueuer
        WHERE entrypoint = 'mail' AND convert_from(payload, 'UTF8')::jsonb ->> 'actor_id' = $1
        """,
        str(account.actor_id),
    )


async def list_told(conn: Connection, account: Account) -> set[tuple[str, str]]:
    """Who has what in the news about her."""
    found = await fetch_column(
        conn,
        """
        SELECT a.username || ' ' || n.type FROM notification n JOIN actor a ON a.id = n.recipient_id
        LEFT JOIN sign_up s ON s.id = n.sign_up_id WHERE n.actor_id = $1 OR s.actor_id = $1
        """,
        account.actor_id,
    )
    return {(one.split()[0], one.split()[1]) for one in found}
