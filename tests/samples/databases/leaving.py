"""What people, an app and a neighbour do in the demo before it is dumped, and what they keep of it."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.recorded.browser import Answer, Browser, sign
from tests.recorded.trees import Tree, run
from tests.samples.databases.neighbour import EMILE, KEY_ID, URL, Neighbour

Found = TypeVar("Found")

HOST = "localhost:8001"

PASSWORD = "essai-declic"

CALLBACK = "https://app.example/retour"

VERIFIER = "un-secret-de-l-application-qui-a-plus-de-quarante-trois-lettres"

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

LINK = r"/lien/[A-Za-z0-9_-]{20,80}"

STOP = """
import asyncio, sys
from models.settings import Settings
try:
    from models.store.database import transaction
    from web.security.signed_urls import sign
    from web.server.bootstrap import open_ready_instance
except ImportError:  # the last version before the modules stood in folders by subject was 51a9ea4
    from models.database import transaction
    from web.opening import open_all as open_ready_instance
    from web.signing import sign

async def main():
    async with open_ready_instance(Settings.from_env()) as instance, transaction(instance.pool) as conn:
        print(await sign(conn, instance.settings, "unsubscribe", sys.argv[1] + " messages,exchanges"))

asyncio.run(main())
"""
"""News are mailed by day only, and a sample may be made at night: the version's own function signs the link in them."""


@dataclass(slots=True, kw_only=True)
class Leaver:
    """All of them; `kept` is what they would have kept: addresses, cookies, tokens."""

    tree: Tree
    settings: dict[str, str]
    neighbour: Neighbour
    accounts: dict[str, str]
    kept: dict[str, Any] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    number: int = 0

    def settle_in(self) -> None:
        """What is done while the server works."""
        for name in self.accounts:
            self.log_in(name)
        self.meet_emile()
        self.let_app_in()
        self.browse()
        self.ask_for_mails()
        self.come_as_guest()

    def leave_waiting(self) -> None:
        """What is done while nobody works: it waits."""
        visitor = self.open_browser()
        expect(visitor.submit("/mot-de-passe-oublie", "/mot-de-passe-oublie", email="nadia"), 200)
        status = {
            "status": "La fête de la récup a lieu samedi : venez nombreuses et nombreux !",
            "visibility": "public",
        }
        self.kept["note"] = self.call("maryse", "POST", "/api/v1/statuses", **status)["uri"]
        expect(self.browsers["maryse"].submit("/compte/donnees", "/compte/donnees"), 303)
        self.kept["waiting_note"] = self.say("Je passe samedi avec la remorque, si cela vous va.")
        self.kept["liked"] = self.kept["listing"]
        self.post(self.activity("Like", self.kept["listing"]))
        self.kept["waiting_kinds"] = ["Create", "Like"]

    def tell(self) -> dict[str, Any]:
        """What the sample keeps beside its dump."""
        cookies = {name: browser.cookies for name, browser in self.browsers.items()}
        return {"password": PASSWORD, "tokens": self.accounts, "cookies": cookies} | self.kept

    def open_browser(self) -> Browser:
        """Somebody comes to the site."""
        return Browser(listen=("127.0.0.1", 8001), host=HOST)

    def log_in(self, name: str) -> None:
        """By name and password, on the page."""
        self.browsers[name] = self.open_browser()
        expect(self.browsers[name].submit("/connexion", "/connexion", login=name, password=PASSWORD), 303)

    def call(self, name: str, method: str, path: str, **fields: str) -> Any:
        """The API, with somebody's token."""
        headers = {"Authorization": f"Bearer {self.accounts[name]}", "Content-Type": "application/json"}
        answer = self.open_browser().ask(method, path, json.dumps(fields).encode() if fields else b"", headers)
        return json.loads(expect(answer, 200).body)

    def meet_emile(self) -> None:
        """Émile follows Maryse and she follows him; he says something, to all and to her."""
        found = self.call("maryse", "GET", f"/api/v2/search?{urlencode({'q': EMILE, 'resolve': 'true'})}")
        emile = found["accounts"][0]["id"]
        self.call("maryse", "POST", f"/api/v1/accounts/{emile}/follow")
        follow = wait_for(lambda: self.find_received("Follow"))
        self.post(self.activity("Accept", follow))
        maryse = self.kept["maryse"] = f"http://{HOST}/users/maryse"
        self.post(self.activity("Follow", maryse))
        wait_for(lambda: self.find_received("Accept"))
        self.kept["old_note"] = self.say("Bonjour de Seclin ! Votre remorque m’intéresse.")
        wait_for(lambda: self.call("maryse", "GET", f"/api/v1/accounts/{emile}/statuses"))
        self.kept["emile"] = EMILE

    def let_app_in(self) -> None:
        """An app that Maryse allows everything (OAuth 2 with PKCE)."""
        visitor = self.open_browser()
        asked = {"client_name": "Tusky", "redirect_uris": CALLBACK, "scopes": "read write follow push"}
        app = json.loads(expect(visitor.post("/api/v1/apps", asked.items()), 200).body)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        query = urlencode(
            {
                "response_type": "code",
                "client_id": app["client_id"],
                "redirect_uri": CALLBACK,
                "scope": asked["scopes"],
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        answer = self.browsers["maryse"].submit(f"/oauth/authorize?{query}", "/oauth/authorize", act="yes")
        code = parse_qs(urlsplit(expect(answer, 303).header("Location")).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": CALLBACK}
        client = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        tokens = json.loads(expect(visitor.post("/oauth/token", (grant | client).items()), 200).body)
        self.kept["app"] = client | {"token": tokens["access_token"]}
        self.call("maryse", "POST", "/api/v1/statuses", status="#offre Une brouette à prêter, à Lomme")
        later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        self.call("maryse", "POST", "/api/v1/statuses", status="À dimanche !", scheduled_at=later)

    def browse(self) -> None:
        """Addresses that people would have kept: of listings, notes, threads, and of Maryse's calendar."""
        maryse = self.browsers["maryse"]
        expect(maryse.submit("/compte/agenda", "/compte/agenda"), 303)
        self.kept["calendar"] = find(maryse.get("/compte/agenda"), r"/agenda/[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{24}\.ics")
        own = self.call("maryse", "GET", "/api/v1/accounts/verify_credentials")["id"]
        statuses = self.call("maryse", "GET", f"/api/v1/accounts/{own}/statuses?limit=40")
        listings = [one for one in statuses if "/items/" in one["uri"]]
        self.kept["listing"], self.kept["listing_page"] = listings[0]["uri"], urlsplit(listings[0]["url"]).path
        self.kept["listing_id"] = listings[0]["id"]
        self.kept["threads"] = sorted(set(re.findall(r"/echanges/\d+", maryse.get("/echanges").text)))

    def ask_for_mails(self) -> None:
        """Links in mails: of a lost password, to log in, of a new address, of somebody who joins, and to have fewer."""
        visitor, links = self.open_browser(), {}
        expect(visitor.submit("/mot-de-passe-oublie", "/mot-de-passe-oublie", email="hocine"), 200)
        links["password"] = self.await_mail("hocine@example.org", LINK)
        expect(visitor.post("/connexion/lien", [*self.token_of(visitor), ("email", "objets")]), 200)
        links["login"] = self.await_mail("objets@example.org", LINK)
        changed = {"email": "hocine@nouveau.example", "current": PASSWORD}
        expect(self.browsers["hocine"].submit("/compte/courriel", "/compte/courriel", **changed), 200, 303)
        links["address"] = self.await_mail("hocine@nouveau.example", LINK)
        joining = {"name": "Inès", "username": "ines", "email": "ines@example.org", "password": PASSWORD * 2}
        expect(visitor.submit("/inscription", "/inscription", **joining), 200, 303)
        links["joining"] = self.await_mail("ines@example.org", LINK)
        own = self.call("maryse", "GET", "/api/v1/accounts/verify_credentials")["id"]
        command = [self.tree.python, "-c", STOP, own]
        signed = run(command, self.tree.folder, self.tree.environment(self.settings)).split()[-1]
        links["fewer_mails"] = f"/courriels/arreter/{signed}"
        self.kept["links"] = links

    def token_of(self, visitor: Browser) -> list[tuple[str, str]]:
        """What the log-in page's forms carry."""
        return [("csrf_token", find(visitor.get("/connexion"), r'name="csrf_token" value="([^"]+)"'))]

    def come_as_guest(self) -> None:
        """Somebody without any account answers by mail."""
        visitor, door = self.open_browser(), f"/annonces/d/{self.kept['listing_id']}/courriel"
        said = {"name": "Paul", "email": "paul@example.org", "message": "Bonjour, est-ce encore libre ?"}
        expect(visitor.submit(door, door, **said), 200)
        link = self.await_mail("paul@example.org", r"/invite/[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{24}")
        expect(visitor.submit(link, f"{link}/confirmer"), 200, 303)
        self.kept["links"]["guest"] = link

    def await_mail(self, to: str, pattern: str) -> str:
        """The link in the mail to somebody, once it came."""
        return wait_for(lambda: self.neighbour.find_link(to, pattern))

    def find_received(self, kind: str) -> Any:
        """An activity that Émile was sent."""
        return next((one for one in self.neighbour.received if one["type"] == kind), None)

    def activity(self, kind: str, object: Any, **more: Any) -> dict[str, Any]:
        """Something that Émile does."""
        self.number += 1
        id = f"{URL}/activities/{self.number}"
        context = "https://www.w3.org/ns/activitystreams"
        return {"@context": context, "id": id, "type": kind, "actor": EMILE, "object": object, **more}

    def say(self, text: str) -> str:
        """Émile writes to Maryse and to all; the id of his note."""
        id = f"{URL}/notes/{self.number + 1}"
        tag = {"type": "Mention", "href": self.kept["maryse"], "name": f"@maryse@{HOST}"}
        addressed = {"to": [PUBLIC], "cc": [f"{EMILE}/followers", self.kept["maryse"]]}
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        note = {"id": id, "type": "Note", "attributedTo": EMILE, "content": f"<p>{text}</p>", "published": now}
        self.post(self.activity("Create", note | addressed | {"tag": [tag]}, **addressed))
        return id

    def post(self, activity: dict[str, Any]) -> None:
        """Émile's server delivers it to Maryse."""
        body, path = json.dumps(activity).encode(), "/users/maryse/inbox"
        headers = sign(self.neighbour.key_pem, KEY_ID, "POST", path, HOST, body)
        headers["Content-Type"] = "application/activity+json"
        expect(self.open_browser().ask("POST", path, body, headers), 202)


def expect(answer: Answer, *statuses: int) -> Answer:
    """The answer, if it is one of these. Raises AssertionError."""
    assert answer.status in statuses, f"{answer.status}: {re.sub('<[^>]*>', ' ', answer.text)[:3000]}"
    return answer


def find(answer: Answer, pattern: str) -> str:
    """What the answer says of this form: its first group, if it has one."""
    found = re.search(pattern, expect(answer, 200).text)
    assert found, f"nothing like {pattern} in the answer"
    return found[1] if found.groups() else found[0]


def wait_for(look: Callable[[], Found | None], seconds: float = 30) -> Found:
    """What is found in the end. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError
