"""A changed profile is told to all who follow."""

from models import preferences
from models.people import keys
from models.people.keys import KeyPair
from models.preferences import Preferences
from models.store.database import Connection
from outbox.people.profiles import announce_update, describe_actor
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_remote_actor
from tests.fediverse import make_signer, public_pem
from tests.outbox.sent_activities import list_sent


async def test_followers_get_the_whole_profile(conn: Connection) -> None:
    alice = await make_member(conn, summary="<p>Membre de la coop.</p>")
    pem = public_pem(make_signer(f"{alice.uri}#main-key"))
    await keys.save_key_pair(
        conn, alice.id, f"{alice.uri}#main-key", KeyPair(algorithm="rsa", public_pem=pem, private_pem=b"")
    )
    await make_follow(conn, await make_remote_actor(conn), alice)

    await announce_update(conn, HERE, alice)

    [sent] = await list_sent(conn)
    person = sent.activity["object"]
    assert (sent.type, sent.hosts) == ("Update", ["henin.test"])
    assert (person["id"], person["summary"]) == (alice.uri, "<p>Membre de la coop.</p>")
    assert person["publicKey"]["publicKeyPem"] == pem


async def test_a_cooperative_says_who_answers_for_it(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    assert (await describe_actor(conn, HERE, coop)).fields == ()
    chosen = Preferences(legal_publisher="La Remise <SCIC>", contact_email="bonjour@remise.example")
    await preferences.save(conn, chosen)

    said = [(line.name, line.value) for line in (await describe_actor(conn, HERE, coop)).fields]

    assert said == [("Qui en répond", "La Remise &lt;SCIC&gt;"), ("Courriel", "bonjour@remise.example")]
