"""The same for the two documents about the server."""

from tests.web.api.json_shapes import Shape, address, count, empty, filled, flag, many, maybe, null, shaped, text
from tests.web.api.strict import account

_ACCOUNT_LIMITS = (
    *("max_featured_tags", "max_pinned_statuses", "max_display_name_length", "max_note_length"),
    *("max_profile_fields", "profile_field_name_limit", "profile_field_value_limit"),
)

_ACCESS = shaped({"local": filled, "remote": filled})

_CONFIGURATION: Shape = {
    "urls": shaped(
        {"streaming": filled, "about": address, "privacy_policy": address}
        | {"terms_of_service": maybe(address), "status": null}
    ),
    "accounts": shaped(dict.fromkeys(_ACCOUNT_LIMITS, count)),
    "statuses": shaped({"max_characters": count, "max_media_attachments": count, "characters_reserved_per_url": count}),
    "media_attachments": shaped(
        {
            "description_limit": count,
            "supported_mime_types": many(filled),
            "image_size_limit": count,
            "image_matrix_limit": count,
            "video_size_limit": count,
            "video_frame_rate_limit": count,
            "video_matrix_limit": count,
        }
    ),
    "polls": shaped(
        {
            "max_options": count,
            "max_characters_per_option": count,
            "min_expiration": count,
            "max_expiration": count,
        }
    ),
    "translation": shaped({"enabled": flag}),
    "timelines_access": shaped(
        dict.fromkeys(
            ("live_feeds", "hashtag_feeds", "trending_link_feeds"), shaped({"local": filled, "remote": filled})
        )
    ),
}

_LISTINGS = shaped({"kinds": many(filled), "modes": many(filled), "photo_required": flag})

instance = shaped(
    {
        "domain": filled,
        "title": filled,
        "version": filled,
        "source_url": text,
        "description": text,
        "usage": shaped({"users": shaped({"active_month": count})}),
        "thumbnail": shaped({"url": address, "blurhash": maybe(filled), "versions": shaped({})}),
        "icon": empty,
        "languages": many(filled),
        "configuration": shaped(
            {**_CONFIGURATION, "vapid": shaped({"public_key": filled}), "limited_federation": flag, "declic": _LISTINGS}
        ),
        "registrations": shaped(
            {"enabled": flag, "approval_required": flag, "message": maybe(text), "url": maybe(address)}
            | {"reason_required": flag, "min_age": maybe(count)}
        ),
        "api_versions": shaped({"mastodon": count}),
        "contact": shaped({"email": text, "account": maybe(account)}),
        "rules": many(shaped({"id": filled, "text": filled, "hint": text, "translations": shaped({})})),
    }
)

instance_v1 = shaped(
    {
        "uri": filled,
        "title": filled,
        "short_description": text,
        "description": text,
        "email": text,
        "version": filled,
        "urls": shaped({"streaming_api": filled}),
        "api_versions": shaped({"mastodon": count}),
        "stats": shaped({"user_count": count, "status_count": count, "domain_count": count}),
        "thumbnail": maybe(address),
        "languages": many(filled),
        "registrations": flag,
        "approval_required": flag,
        "invites_enabled": flag,
        "configuration": shaped(_CONFIGURATION),
        "contact_account": maybe(account),
        "rules": many(shaped({"id": filled, "text": filled, "hint": text, "translations": shaped({})})),
    }
)
