"""Ready mappings of what others send: Telegram, Slack, Mastodon, and a report as it is."""

from services.ingest.domain.sources.mapping_document import (
    MAPPED_FIELDS,
    MappingDocument,
    ReadyMapping,
)

_TELEGRAM_ID = "join('/', [to_string(chat.id), to_string(message_id)])"
_TELEGRAM_EDIT = "join('/', [to_string(chat.id), to_string(message_id), to_string(edit_date)])"

# an update of the Bot API: https://core.telegram.org/bots/api#update
_TELEGRAM = {
    "items": "[channel_post, edited_channel_post, message, edited_message][?@]",
    "only": "(text || caption) && chat.id && message_id",
    "markup": "plain",
    "fields": {
        "id": f"edit_date && {_TELEGRAM_EDIT} || {_TELEGRAM_ID}",
        "supersedes": f"edit_date && {_TELEGRAM_ID}",
        "channel": "chat.username && join('', ['@', chat.username]) || to_string(chat.id)",
        "text": "text || caption",
        "published_at": "date",
        "url": "chat.username && join('/', ['https://t.me', chat.username, to_string(message_id)])",
    },
    "attributes": {
        "chat": "chat.title",
        "forwarded_from": "forward_origin.chat.username || forward_origin.chat.title",
    },
}

_SLACK_CHANGE = "event.subtype == 'message_changed'"
_SLACK_DELETION = "event.subtype == 'message_deleted'"
_SLACK_ID = "join('/', [event.channel, event.ts])"
_SLACK_CHANGED = "join('/', [event.channel, event.message.ts])"
_SLACK_DELETED = "join('/', [event.channel, event.deleted_ts])"
_SLACK_SPOKEN = (
    "!(event.subtype) || event.subtype == 'bot_message' || event.subtype == 'file_share'"
    " || event.subtype == 'thread_broadcast'"
)

# the Events API: https://docs.slack.dev/reference/events/message
_SLACK = {
    # a change without `edited` only shows a preview of a link
    "only": f"event.type == 'message' && ({_SLACK_SPOKEN} || {_SLACK_DELETION}"
    f" || ({_SLACK_CHANGE} && event.message.edited))",
    "markup": "slack",
    "fields": {
        "id": f"({_SLACK_CHANGE} && join('/', [event.channel, event.message.ts,"
        f" event.message.edited.ts])) || ({_SLACK_DELETION} && join('/', [event.channel,"
        f" event.deleted_ts, 'deleted'])) || {_SLACK_ID}",
        "supersedes": f"{_SLACK_CHANGE} && {_SLACK_CHANGED}",
        "retracts": f"{_SLACK_DELETION} && {_SLACK_DELETED}",
        "channel": "event.channel",
        "text": "event.message.text || event.text",
        "published_at": "event.message.ts || event.deleted_ts || event.ts",
    },
    "attributes": {"user": "event.message.user || event.user || event.bot_id", "team": "team_id"},
}

# a webhook of the administration: https://docs.joinmastodon.org/admin/webhooks/
_STATUS = {
    "only": "(event == 'status.created' || event == 'status.updated') && !(object.reblog)",
    "markup": "html",
    "fields": {
        "id": "object.edited_at && join('/', [object.id, object.edited_at]) || object.id",
        "supersedes": "object.edited_at && object.id",
        "channel": "join('', ['@', object.account.acct])",
        "title": "object.spoiler_text",
        "text": "object.content",
        "language": "object.language",
        "published_at": "object.created_at",
        "url": "object.url || object.uri",
    },
    "attributes": {"tags": "object.tags[].name"},
}

_OWN_NAMES = set(MAPPED_FIELDS) - {"channel"}
# an object whose keys are those of a report
_GENERIC = {"fields": {name: name for name in sorted(_OWN_NAMES)}}

READY_MAPPINGS: dict[ReadyMapping, MappingDocument] = {
    "telegram": MappingDocument.model_validate(_TELEGRAM),
    "slack": MappingDocument.model_validate(_SLACK),
    "mastodon": MappingDocument.model_validate(_STATUS),
    "generic": MappingDocument.model_validate(_GENERIC),
}
