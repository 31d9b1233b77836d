"""Attachments as clients want them: pictures, films and sounds with what each is measured by."""

from typing import Any

from tests.web.api.json_shapes import address, count, filled, id, maybe, null, number, one_of, shaped

_MEASURE = shaped({"width": count, "height": count, "size": filled, "aspect": number})

_PLAYED = shaped({"duration": number}, {"width": count, "height": count, "frame_rate": filled, "bitrate": count})

_SOUND = {"audio_encode": filled, "audio_bitrate": filled, "audio_channels": filled}

_FOCUS = {"focus": shaped({"x": number, "y": number})}

_FILM_META = shaped(
    {"length": filled, "duration": number, "original": _PLAYED},
    {"width": count, "height": count, "size": filled, "aspect": number, "fps": count, "small": _MEASURE}
    | _SOUND
    | _FOCUS,
)

_META = shaped({}, {"original": _MEASURE, "small": _MEASURE} | _FOCUS)


def _meta(value: Any) -> None:
    (_FILM_META if "length" in value else _META)(value)


attachment = shaped(
    {
        "id": id,
        "type": one_of("image", "gifv", "video", "audio", "unknown"),
        "url": address,
        "preview_url": maybe(address),
        "remote_url": maybe(address),
        "preview_remote_url": maybe(address),
        "text_url": null,
        "meta": _meta,
        "description": maybe(filled),
        "blurhash": maybe(filled),
    }
)
