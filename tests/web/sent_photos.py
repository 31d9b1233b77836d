"""What the publish form sends of each photo: browsers tell nobody else what stands in an upload."""

from playwright.async_api import Page

NOTE = """
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (fields) {
  const photo = fields?.get?.("photos");
  if (!photo) return send.call(this, fields);
  createImageBitmap(photo).then(
    ({ width, height }) => noteSent([photo.size, Math.max(width, height)]),
    () => noteSent([photo.size, 0]),
  ).then(() => send.call(this, fields));
};
"""


async def note_sent_photos(page: Page) -> list[tuple[int, int]]:
    """Bytes and longest side of each photo as it leaves, filled as they do; 0 for the side of what is no picture."""
    sent: list[tuple[int, int]] = []

    def note(one: list[int]) -> None:
        sent.append((one[0], one[1]))

    await page.expose_function("noteSent", note)
    await page.add_init_script(NOTE)
    return sent
