"""What the API takes and answers, as JSON Schema."""

from __future__ import annotations

from typing import Any

from intake_service.intake import CHANNELS, ENVELOPES
from intake_service.store import State
from intake_service.webhooks import EVENTS

_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_ERROR = {
    "type": ["object", "null"],
    "properties": {"code": _TEXT, "message": _TEXT},
}
_PROGRESS = {
    "type": "object",
    "properties": {
        "files_done": {"type": "integer"}, "files_total": {"type": "integer"},
        "pages_done": {"type": "integer"}, "pages_total": {"type": ["integer", "null"]},
    },
}  # fmt: skip
META = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "channel": {"type": "string", "enum": list(CHANNELS)},
        "tracking_number": _TEXT,
        "postmark_date": {"type": ["string", "null"], "format": "date"},
        "received_at": _MOMENT,
        "sender": _TEXT,
        "copies": {"type": "integer", "minimum": 0, "maximum": 999},
        "envelope": {"type": "string", "enum": ["", *ENVELOPES]},
        "call": _TEXT,
        "note": _TEXT,
    },
}
_EVENTS = {"type": "array", "items": {"type": "string", "enum": list(EVENTS)}}
_ACCEPTED = {
    "id": _TEXT,
    "receipt_number": _TEXT,
    "status": {"type": "string", "enum": [str(state) for state in State]},
    "links": {"type": "object", "additionalProperties": _TEXT},
}
_BRIEF = {
    **_ACCEPTED,
    "error": _ERROR,
    "org_name": _TEXT,
    "uscc": _TEXT,
    "doubts": {"type": "integer"},
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "decided_at": {"type": ["string", "null"], "format": "date-time"},
    "meta": META,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Accepted": {"type": "object", "properties": _ACCEPTED, "required": list(_ACCEPTED)},
    "List": {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": _BRIEF}},
            "next_cursor": {"type": ["string", "null"]},
        },
        "required": ["items", "next_cursor"],
    },
    "Submission": {
        "type": "object",
        "properties": {
            **_BRIEF, "progress": _PROGRESS, "files": {"type": "array", "items": {"type": "object"}},
        },
        "required": [*_ACCEPTED, "progress", "error"],
    },
    "Reading": {"type": "object", "description": "intake.reading/1", "required": ["schema", "file", "form"]},
    "Findings": {"type": "object", "description": "intake.findings/1", "required": ["schema", "call", "rules"]},
    "Result": {"type": "object", "description": "intake.result/1", "required": ["schema", "fields", "occupations"]},
    "Description": {"type": "object"},
    "WebhookRequest": {
        "type": "object",
        "properties": {"url": {"type": "string", "format": "uri"}, "events": _EVENTS},
        "required": ["url"],
    },
    "Webhook": {
        "type": "object",
        "properties": {"id": _TEXT, "url": _TEXT, "events": _EVENTS, "created_at": _MOMENT, "secret": _TEXT},
        "required": ["id", "url", "events"],
    },
    "Webhooks": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Webhook"}}},
        "required": ["items"],
    },
    "Picture": {"type": "string", "format": "binary"},
    "Original": {"type": "string", "format": "binary"},
    "Problem": {
        "type": "object",
        "properties": {
            "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "code": _TEXT, "detail": _TEXT,
        },
        "required": ["code", "status", "detail"],
    },
}  # fmt: skip
