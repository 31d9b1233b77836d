"""Every text that others fill, filled with the worst: what comes out is well formed, in time, without an exception.

Thousands with a seed that is printed, on a busy machine too; `make drills` tries a hundred times as many.
DECLIC_FUZZ_SEED repeats a run.
"""

import gc
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import thread_time
from typing import Any
from xml.etree import ElementTree

from federation.discovery.remote_actors import describe_actor
from federation.discovery.webfinger import Handle
from federation.json.fields import PUBLIC
from federation.texts.html_cleaner import clean_text, from_text, to_text
from federation.texts.mentions import address_people, strip_mentions
from federation.vocabulary.activities.activity_readers import MAX_REPORT, read_activity
from federation.vocabulary.actors import read_actor
from federation.vocabulary.embedded import is_postlike, note_of, read_object
from inbox.exchanges.agreements import read_reason
from inbox.posts.contents import read_attachments
from inbox.posts.translation import read_details, read_new_poll, read_new_post
from models.errors import DeclicError
from models.relations.blocking import filter_matching
from tests.attacks.judge import FIGURES
from tests.attacks.worst import PIECES, repeat
from tests.outbox.sample_people import BOB
from tests.payloads import load_json

DOCUMENTS = 400_000 if os.environ.get("DECLIC_DRILLS") == "long" else 4_000

SEED = int(os.environ.get("DECLIC_FUZZ_SEED") or random.SystemRandom().randrange(2**32))

START, EACH = 0.15, 6e-6
"""Seconds of the processor that one document may take, and those for each of its characters."""

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SENTENCES = ("Bonjour ", "Échelle de 3 m", "<p>Je prête ", "</a>", "</b>", "</p>", "oui ", "👍🏽", "\x00", "\u202e")


@dataclass(slots=True)
class Figures:
    """What a run saw."""

    documents: int = 0
    refused: int = 0
    characters: int = 0
    slowest: float = 0.0

    def describe(self) -> str:
        """One line for the end of the run."""
        return (
            f"{self.documents} documents, {self.refused} of them refused, {self.characters / 1e6:.1f} M characters; "
            f"slowest {self.slowest:.3f} s"
        )


class Texts:
    """Random texts: pieces over and over, one after the other, cut anywhere, up to so many characters."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.written = 0

    def text(self, most: int = 3_000) -> str:
        """One text; now and then one that is as long as may be."""
        choose = self.random
        length = min(most, int(2 ** choose.uniform(0, 12 if choose.random() < 0.95 else 18)))
        pieces = []
        while length > 0:
            part = choose.randint(1, length)
            pieces.append(repeat(choose.choice((*PIECES, *SENTENCES)), part))
            length -= part
        found = "".join(pieces)
        self.written += len(found)
        return found

    def tags(self) -> list[dict[str, Any]]:
        """Hashtags, mentions and emojis."""
        return [
            {"type": kind, "name": self.text(300), "href": f"https://a.example/{self.text(20)}"}
            for kind in self.random.choices(("Hashtag", "Mention", "Emoji"), k=4)
        ]

    def object(self) -> dict[str, Any]:
        """Something that is shown like a post, or a listing."""
        document = self.random.choice(OBJECTS) | {
            "id": f"{BOB.uri}/notes/1",
            "attributedTo": BOB.uri,
            "content": self.text(200_000),
            "summary": self.text(20_000),
            "name": self.text(),
            "attachment": [{"type": "Document", "url": "https://a.example/1.jpg", "name": self.text(8_000)}] * 3,
            "tag": self.tags(),
            "location": {"type": "Place", "name": self.text(1_000), "address": self.text(200)},
            "oneOf": [{"type": "Note", "name": self.text(500)} for _ in range(3)],
            "to": [PUBLIC],
        }
        if self.random.random() < 0.3:
            document["flohmarkt:data"] = {
                "name": self.text(500),
                "description": self.text(60_000),
                "price": self.text(90),
            }
        return document


OBJECTS: list[dict[str, Any]] = [
    *(load_json(f"declic/note_{kind}") for kind in ("loan_offer", "sale_offer", "repair_call")),
    *(load_json(f"{name}")["object"] for name in ("flohmarkt/create_item", "mobilizon/create_event")),
    *({"type": kind} for kind in ("Note", "Article", "Question", "Page")),
    {"type": "Note", "purpose": "offer", "publishes": {"type": "Intent", "action": "transfer", "name": ""}},
]


def require_well_formed(html: str) -> None:
    """Every tag is closed where it should be, and nothing else is one."""
    text = NO_XML.sub("", html.replace("<br>", "<br/>").replace("&nbsp;", " "))
    ElementTree.fromstring(f"<r>{text}</r>")


def read_all(texts: Texts) -> None:
    """What becomes of a post: stored, then shown on pages, in apps, mails and archives."""
    found = read_object(texts.object())
    assert is_postlike(found)
    new = read_new_post(BOB, found, {})
    details = read_details(found, new.content)
    for html in (new.content, details.description if details else ""):
        require_well_formed(html)
        require_well_formed(strip_mentions(html, address_people([(BOB.username, BOB.host, BOB.uri, BOB.url)])))
        filter_matching.fold(to_text(html)[: filter_matching.LOOKED_AT])
    require_well_formed(from_text(to_text(new.content)))
    assert len(new.warning) <= 500 and (
        details is None or len(details.title) <= 200 or details.title == note_of(found).id
    )
    read_attachments(found)
    read_new_poll(note_of(found))


def read_person(texts: Texts) -> None:
    """What becomes of an actor: name, bio, fields."""
    document = PERSON | {
        "name": texts.text(),
        "summary": texts.text(60_000),
        "tag": texts.tags(),
        "attachment": [
            {"type": "PropertyValue", "name": texts.text(200), "value": texts.text(3_000)} for _ in range(4)
        ],
    }
    actor = describe_actor(read_actor(document), Handle(username="bob", host="henin.test"))
    for html in (actor.summary, *(field["value"] for field in actor.fields)):
        require_well_formed(html)


def read_words(texts: Texts) -> None:
    """Reports, and the reasons that come with offers, answers and ends."""
    content = texts.text(60_000)
    read_activity({"id": f"{BOB.uri}/1", "type": "Flag", "actor": BOB.uri, "object": [BOB.uri], "content": content})
    assert len(clean_text(content, MAX_REPORT)) <= MAX_REPORT
    read_reason(texts.text(100_000))


PERSON: dict[str, Any] = load_json("mastodon/actor")


def fuzz(seed: int, documents: int, figures: Figures) -> Iterator[tuple[int, float, int]]:
    """Read so many documents one after the other: the number of each, what it took, its characters.

    Python's garbage is collected between two documents, and nobody looks through what the whole run keeps.
    """
    texts = Texts(seed)
    gc.freeze()
    for number in range(documents):
        read = (read_all, read_all, read_person, read_words)[number % 4]
        if number % 500 == 0:
            gc.collect()
        gc.disable()
        before, begun = texts.written, thread_time()
        try:
            read(texts)
        except DeclicError:  # what cannot be read is refused by name
            figures.refused += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, document {number}") from error
        taken = thread_time() - begun
        gc.enable()
        yield number, taken, texts.written - before
    gc.unfreeze()


def test_every_text_of_others_is_read_in_time_and_comes_out_well_formed() -> None:
    figures = Figures()

    for number, taken, characters in fuzz(SEED, DOCUMENTS, figures):
        figures.documents, figures.characters = number + 1, figures.characters + characters
        figures.slowest = max(figures.slowest, taken)
        assert taken <= START + EACH * characters, f"seed {SEED}, document {number}: {taken:.2f} s for {characters}"

    FIGURES.fuzzed.append(f"fuzzed texts, seed {SEED}: {figures.describe()}")
    assert figures.documents == DOCUMENTS and figures.refused < figures.documents / 10
