"""A session that ends while somebody types: what was typed comes back after log-in, and nobody else can plant it."""

from models.store.database import execute, fetch_value, transaction
from tests.web.form_client import PASSWORD, Doorbell, Visitor

TEXT = "Deux chambres, une entrée.\nÀ rendre sèche & « propre »."

AD = {
    "title": "Tente 4 places",
    "text": TEXT,
    "kind": "offer",
    "mode": "loan",
    "category": "camping",
    "place": "Lomme",
    "act": "publish",
}


async def end_sessions(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "DELETE FROM session")


async def count_listings(door: Doorbell) -> int:
    async with transaction(door.instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM listing"))


async def typed_without_session(door: Doorbell) -> Visitor:
    """Alice, logged out while she filled in the publish form, which she sends."""
    visitor = await door.ring()
    await visitor.log_in("alice")
    await visitor.open("/publier")
    await end_sessions(door)
    return await visitor.send("/publier", AD)


async def test_form_sent_after_the_session_ended_leads_to_log_in_and_comes_back(door: Doorbell) -> None:
    visitor = await typed_without_session(door)
    assert visitor.status == 403
    assert "Rien n’est perdu" in visitor.text

    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})
    assert (visitor.status, visitor.hidden_fields("/publier")["text"]) == (200, TEXT)
    await visitor.send("/publier")
    shown = await visitor.send("/publier", {**AD, "act": "publish"})

    assert shown.path.startswith("/annonces/")
    assert "À rendre sèche &amp; « propre »" in shown.text.replace("\u202f", " ").replace("\u00a0", " ")


async def test_nothing_is_published_by_logging_in_alone(door: Doorbell) -> None:
    visitor = await typed_without_session(door)

    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})

    assert await count_listings(door) == 0
    assert visitor.hidden_fields("/publier")["act"] == "preview"


async def test_what_was_typed_survives_a_wrong_password(door: Doorbell) -> None:
    visitor = await typed_without_session(door)

    await visitor.send("/connexion", {"login": "alice", "password": "pas le bon du tout"})
    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})

    assert visitor.hidden_fields("/publier")["text"] == TEXT


async def test_form_with_files_keeps_its_words(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.log_in("alice")
    await visitor.open("/publier")
    await end_sessions(door)

    await visitor.upload("/publier", AD, "photos", "tente.jpg", b"\xff\xd8" + b"0" * 100_000)

    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})
    assert visitor.hidden_fields("/publier")["title"] == "Tente 4 places"
    assert "photos" in visitor.text


async def test_another_site_plants_nothing_in_the_log_in_form(door: Doorbell) -> None:
    visitor = await door.ring()

    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = await visitor.client.post("/publier", data=AD, headers=headers, allow_redirects=False)
        text = await answer.text()
        assert answer.status in (303, 403)
        assert "Tente 4 places" not in text


async def test_log_in_form_with_planted_text_is_refused_without_its_token(door: Doorbell) -> None:
    visitor = await door.ring()
    fields = {"login": "alice", "password": PASSWORD, "typed": '["/publier",[["titre","piège"]],false]'}

    answer = await visitor.client.post("/connexion", data=fields, headers={"Origin": "https://evil.test"})

    assert answer.status == 403


async def test_what_cannot_have_been_typed_here_is_left_out(door: Doorbell) -> None:
    for planted in (
        "rien",
        "[]",
        '["//evil.test/x",[["a","b"]],false]',
        '["https://evil.test/x",[["a","b"]],false]',
        '["/publier",[["a",1]],false]',
        '{"a":1}',
        "[" * 5000,
    ):
        visitor = await door.ring()
        await visitor.open("/connexion")

        await visitor.send("/connexion", {"login": "alice", "password": PASSWORD, "typed": planted})

        assert (visitor.status, visitor.path) == (200, "/")
