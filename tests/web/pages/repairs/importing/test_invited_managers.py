"""Who managed a shop over there and is no member here is invited, comes, and finds her shop as its manager."""

from tests.invitations import find_link, read_text
from tests.rustine import REPAIRERS
from tests.web.form_client import Doorbell, Visitor, add_member
from tests.web.pages.people.invitations.test_invited import CAROLE
from tests.web.pages.people.invitations.test_mailing import run_jobs
from tests.web.smtp_server import open_post

HERE = "/coop/reparations/importer"

OFFICE = "/ateliers/le_velo_a_deux/gerer"


async def bring(admin: Visitor, **fields: str) -> Visitor:
    """The file of shops, made at once."""
    await admin.open(HERE)
    return await admin.upload(HERE, {"apply": "1"} | fields, "files", "repairers.csv", REPAIRERS.encode())


async def test_an_invited_manager_gets_in_once_she_came_and_the_files_came_again(mailing: Doorbell) -> None:
    await add_member(mailing.instance, "nadia", roles=["admin"])
    nadia = await (await mailing.ring()).log_in("nadia")

    await bring(nadia, invite="1")
    async with open_post() as postman:
        await run_jobs(mailing, postman)
    letters = {letter["To"]: find_link(read_text(letter)) for letter in postman.taken}
    karim = await (await mailing.ring()).open(letters["karim@exemple.fr"])
    await karim.send("/inscription", CAROLE | {"name": "Karim", "username": "karim", "email": "karim@exemple.fr"})
    before = (await karim.open(OFFICE)).status
    again = await bring(nadia)

    assert set(letters) == {"karim@exemple.fr"}, "Alice is a member here"
    assert before == 404 and "fait=imported" in again.path
    assert (await karim.open(OFFICE)).status == 200 and "Le Vélo à deux" in karim.text
    assert (await karim.open("/ateliers/chez_johnny/gerer")).status == 404, "another's stays another's"
    await karim.open(f"{OFFICE}/rendez-vous")
    assert karim.status == 200 and "Comment on prend" in karim.text, "she manages it"
