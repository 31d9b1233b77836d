"""How hosts want requests signed, kept in the table of servers."""

from federation.http_client.signature_schemes import ServerSignatureSchemes
from federation.instance import Instance
from federation.signatures import SignatureScheme
from models.store.database import connection, execute


async def test_rs09_a_knock_is_remembered_for_seven_days_by_all_processes(instance: Instance) -> None:
    here, elsewhere = ServerSignatureSchemes(instance.pool), ServerSignatureSchemes(instance.pool)
    before = await here.find("henin.test")
    await here.keep("henin.test", SignatureScheme.RFC9421)

    assert before is None
    assert await here.find("henin.test") is SignatureScheme.RFC9421
    assert await elsewhere.find("henin.test") is SignatureScheme.RFC9421
    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE server SET signature_scheme_until = signature_scheme_until - interval '7 days'")
    assert await ServerSignatureSchemes(instance.pool).find("henin.test") is None


async def test_rs10_a_host_that_takes_the_draft_again_is_remembered_too(instance: Instance) -> None:
    schemes = ServerSignatureSchemes(instance.pool)
    await schemes.keep("henin.test", SignatureScheme.RFC9421)

    await schemes.keep("henin.test", SignatureScheme.CAVAGE)

    assert await schemes.find("henin.test") is None
    assert await ServerSignatureSchemes(instance.pool).find("henin.test") is None


async def test_rs10_the_usual_way_is_known_where_something_arrived_within_a_day(instance: Instance) -> None:
    schemes = ServerSignatureSchemes(instance.pool)
    await schemes.keep("modern.test", SignatureScheme.RFC9421)
    async with connection(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO server (host, last_out_at) VALUES ('henin.test', now() - interval '23 hours'),
                ('arras.test', now() - interval '25 hours')
            """,
        )

    known = [await schemes.is_known(f"{name}.test") for name in ("modern", "henin", "arras", "new")]

    assert known == [True, True, False, False]
