"""New keys stand in the profile that followers get, and sign from then on."""

from pathlib import Path

from federation.instance import Instance
from federation.own_keys.key_pairs import load_signer, make_key_pairs, save_local_keys
from models.people import keys
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from outbox.people.keys import rotate
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.sent_activities import list_sent


async def test_d14_followers_get_the_new_key_under_the_same_id(pool: Pool, tmp_path: Path) -> None:
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        await make_follow(conn, await make_remote_actor(conn), alice)
        await save_local_keys(conn, HERE, alice, await make_key_pairs(Settings()))
    before = await load_signer(instance, alice.id)

    async with transaction(instance.pool) as conn:
        await rotate(conn, HERE, alice, await make_key_pairs(Settings()))
    instance.signers.clear()

    async with connection(instance.pool) as conn:
        [sent] = await list_sent(conn)
        [rsa] = [key for key in await keys.list_public_keys(conn, alice.id) if key.algorithm == "rsa"]
    after = await load_signer(instance, alice.id)
    assert (sent.type, sent.activity["object"]["publicKey"]["publicKeyPem"]) == ("Update", rsa.pem)
    assert before.key_id == after.key_id == rsa.uri
    assert before.private_key != after.private_key
