"""What the API takes and answers, as JSON Schema. What it takes is also checked by these.

The reading's schema is the one of ``extractors.form``; the parts it shares become schemas of their own here.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from extractors.form.reading import COLUMN_IDS, FIELD_IDS, SignatureKind, Status
from intake_service import explaining, export, lists
from intake_service.current import MACHINE, PERSON
from intake_service.intake import CHANNELS, ENVELOPES
from intake_service.letters import KINDS
from intake_service.review import MAX_PROPOSALS, MAX_TEXT
from intake_service.store import State
from intake_service.webhooks import EVENTS, PING

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
MOMENT = {"type": "string", "format": "date-time"}
MAYBE_TEXT = {"type": ["string", "null"]}
MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
YES_NO = {"type": "boolean"}
MAYBE = {"type": ["boolean", "null"]}
VALUE = {"type": ["string", "number", "boolean", "array", "null"], "items": WHOLE}
PATH = {
    "type": "string",
    "pattern": r"^(fields\.[a-z_]+|occupations\.[a-z0-9_]+\.[a-z_]+)$",
    "maxLength": 100,
}


def ref(name: str) -> dict[str, str]:
    """A pointer to one of the named schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    """An object of which all is there but what is ``optional``; more may come with later versions."""
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": needed}


def exactly(properties: dict[str, Any], *needed: str) -> dict[str, Any]:
    """An object to be sent: nothing else in it, and at least what is ``needed``."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
    }


def several(items: dict[str, Any], **limits: int) -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": items, **limits}


def _words(longest: int) -> dict[str, Any]:
    return {"type": ["string", "null"], "maxLength": longest}


_DAY = "(19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_WHEN = f"^({_DAY}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{{1,6}})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?)?$"
META = exactly(
    {
        "channel": {"type": "string", "enum": list(CHANNELS)},
        "tracking_number": _words(64),
        "postmark_date": {
            "type": ["string", "null"],
            "pattern": f"^({_DAY})?$",
            "description": "如 2020-04-18",
        },
        "received_at": {
            "type": ["string", "null"],
            "pattern": _WHEN,
            "description": "如 2020-04-20T09:30:00+08:00；不写时区即办公地时间",
        },
        "sender": _words(200),
        "copies": {"type": ["integer", "null"], "minimum": 0, "maximum": 999},
        "envelope": {"type": "string", "enum": ["", *ENVELOPES]},
        "call": _words(64),
        "note": _words(2000),
        "supplements": {**_words(40), "description": "补正：原件的收件编号，或告知书的编号"},
    }
)
"""What an upload may say about its envelope."""

_URL = r"^https?://[A-Za-z0-9.-]*[A-Za-z0-9](:[1-9][0-9]{0,3})?(/([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$"
_EVENTS = several({"type": "string", "enum": list(EVENTS)}, maxItems=len(EVENTS))
_STATUS = {"type": "string", "enum": [str(state) for state in State]}
_ERROR = {"anyOf": [record({"code": TEXT, "message": MAYBE_TEXT}), {"type": "null"}]}
_ACCEPTED = {
    "id": TEXT, "receipt_number": TEXT, "status": _STATUS,
    "links": {"type": "object", "additionalProperties": TEXT},
}  # fmt: skip
_BRIEF = {
    **_ACCEPTED, "error": _ERROR, "org_name": TEXT, "uscc": TEXT, "doubts": WHOLE, "created_at": MOMENT,
    "updated_at": MOMENT, "decided_at": MAYBE_MOMENT,
    "meta": record({
        "channel": TEXT, "tracking_number": TEXT, "postmark_date": {"type": ["string", "null"], "format": "date"},
        "received_at": MOMENT, "sender": TEXT, "copies": WHOLE, "envelope": TEXT, "call": TEXT,
    }),
}  # fmt: skip
_FILE = {
    "id": TEXT, "name": TEXT, "sha256": TEXT, "size": WHOLE, "media_type": TEXT, "status": TEXT,
    "pages_done": WHOLE, "pages_total": {"type": ["integer", "null"]}, "error": _ERROR,
}  # fmt: skip
_PROGRESS = {
    "files_done": WHOLE, "files_total": WHOLE, "pages_done": WHOLE, "pages_total": {"type": ["integer", "null"]},
}  # fmt: skip
_SAID = {"by": {"enum": [MACHINE, PERSON]}, "who": MAYBE_TEXT, "at": MAYBE_MOMENT}
_ENTRY = {"by": {"enum": [PERSON, "system"]}, "who": TEXT, "at": MOMENT, "text": TEXT, "value": VALUE}
_JUDGED = record({"settled": YES_NO, "comment": TEXT, "by": TEXT, "at": MOMENT})
_CHECK = {
    "rule": TEXT, "passed": MAYBE, "severity": {"enum": ["error", "warning", "info"]}, "fields": several(TEXT),
    "message": TEXT, "judged": _JUDGED,
}  # fmt: skip
_MARK = {
    "present": YES_NO, "kind": {"enum": [str(kind) for kind in SignatureKind]}, "text": TEXT, "number": TEXT,
    "matches": MAYBE, **_SAID,
}  # fmt: skip
_PLACE = record({"document": TEXT, "page": WHOLE, "box": several({"type": "number"})}, "document")
_OUTCOME = {
    "enum": [explaining.PASSED, explaining.FAILED, explaining.CANNOT_JUDGE, explaining.NOT_APPLICABLE]
}
_FINDING = record({
    "finding": TEXT, "path": TEXT, "outcome": _OUTCOME, "message": TEXT,
    "inputs": several(record({
        "path": TEXT, "text": TEXT, "value": {}, "by": TEXT, "places": several(_PLACE),
    })),
    "judged": _JUDGED,
}, "judged")  # fmt: skip
_RULE = record({
    "rule": TEXT, "basis": TEXT, "words": TEXT, "severity": TEXT, "with": {"type": "object"}, "outcome": _OUTCOME,
    "findings": several(_FINDING),
})  # fmt: skip
_FILING = record({
    "code": TEXT, "valid_from": MAYBE_TEXT, "valid_to": MAYBE_TEXT,
    "sites": several(record({"name": TEXT, "address": TEXT})), "who": TEXT, "at": MOMENT,
})  # fmt: skip
_LIST = record({
    "schema": {"const": lists.SCHEMA}, "list": {"enum": list(lists.TABLES)}, "title": TEXT, "document": TEXT, "day": TEXT,
    "note": TEXT, "columns": several(record({"title": TEXT, "about": TEXT})), "rows": several({"type": "object"}),
})  # fmt: skip
_LETTER = record({
    "id": TEXT, "kind": {"enum": list(KINDS)}, "number": TEXT, "issued_at": MOMENT, "issued_by": TEXT,
    "content": {"type": "object"}, "links": {"type": "object", "additionalProperties": TEXT},
})  # fmt: skip
_HOOK = {"id": TEXT, "url": TEXT, "events": _EVENTS, "created_at": MOMENT}
_DELIVERY = record({
    "id": TEXT, "event": {"enum": [*EVENTS, PING]}, "submission_id": MAYBE_TEXT, "created_at": MOMENT,
    "status": {"enum": ["waiting", "delivered", "given_up"]}, "attempts": WHOLE,
    "outcome": {**TEXT, "description": "how the last try went"}, "tried_at": MAYBE_MOMENT,
    "next_try_at": MAYBE_MOMENT, "delivered_at": MAYBE_MOMENT,
})  # fmt: skip


def _turning(items: dict[str, Any]) -> dict[str, Any]:
    return record({"items": several(items), "next_cursor": MAYBE_TEXT})


@cache
def reading_schemas() -> dict[str, dict[str, Any]]:
    """The reading and what it is made of, as named schemas."""
    file = resources.files("extractors.form").joinpath("reading.schema.json")
    whole = json.loads(file.read_text(encoding="utf-8").replace("#/$defs/", "#/components/schemas/Reading."))
    shared = whole.pop("$defs")
    for key in ("$schema", "$id"):
        del whole[key]
    return {"Reading": whole, **{f"Reading.{name}": schema for name, schema in shared.items()}}


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """Every named schema."""
    cell = record(
        {"text": TEXT, "value": VALUE, "status": {"enum": [str(status) for status in Status]}, **_SAID,
         "entries": several(record({**_ENTRY, "agrees": YES_NO}, "value")),
         "proposals": several(record(_ENTRY))},
        "entries", "proposals",
    )  # fmt: skip
    binary = {"type": "string", "format": "binary"}
    return {
        "Accepted": record({**_ACCEPTED, "same_bytes_as": several(TEXT)}),
        "List": _turning(record(_BRIEF)),
        "Submission": record({**_BRIEF, "progress": record(_PROGRESS), "files": several(record(_FILE))}),
        **reading_schemas(),
        "Result": record({
            "schema": {"const": export.SCHEMA}, "id": TEXT, "receipt_number": TEXT, "status": _STATUS, "version": WHOLE,
            "decided_by": MAYBE_TEXT, "decided_at": MAYBE_MOMENT, "reasons": several(TEXT), "note": TEXT,
            "filing": {"anyOf": [_FILING, {"type": "null"}]},
            "fields": record(dict.fromkeys(FIELD_IDS, ref("Cell"))),
            "occupations": several(record({"id": TEXT, **dict.fromkeys(COLUMN_IDS, ref("Cell"))})),
            "marks": {"type": "object", "additionalProperties": ref("Mark")},
            "checks": several(record(_CHECK, "judged")), "doubts": several(TEXT),
        }),
        "Cell": cell,
        "Mark": record(_MARK, "present", "kind", "text", "number", "matches"),
        "Proposals": exactly(
            {"proposals": several(
                exactly({"path": PATH, "text": {"type": "string", "maxLength": MAX_TEXT},
                         "reason": {"type": "string", "maxLength": 500}}, "path", "text"),
                minItems=1, maxItems=MAX_PROPOSALS,
            )},
            "proposals",
        ),
        "Findings": record({
            "schema": {"const": explaining.SCHEMA}, "id": TEXT, "receipt_number": TEXT, "version": WHOLE,
            "call": {"type": "object"}, "rules": several(_RULE),
        }),
        "LetterRequest": exactly({"kind": {"type": "string", "enum": list(KINDS)}}, "kind"),
        "IssuedLetter": _LETTER,
        "Letters": record({"items": several(ref("IssuedLetter"))}),
        "Meta": META,
        "WebhookRequest": exactly(
            {"url": {"type": "string", "format": "uri", "pattern": _URL, "maxLength": 500}, "events": _EVENTS}, "url",
        ),
        "Webhook": record(_HOOK),
        "NewWebhook": record({**_HOOK, "secret": TEXT}),
        "Webhooks": record({"items": several(ref("Webhook"))}),
        "Delivery": _DELIVERY,
        "Deliveries": _turning(ref("Delivery")),
        "Event": record({
            "id": TEXT, "event": {"enum": [*EVENTS, PING]}, "at": MOMENT,
            "submission": {"anyOf": [
                record({"id": TEXT, "receipt_number": TEXT, "status": _STATUS, "error": MAYBE_TEXT}), {"type": "null"},
            ]},
        }),
        "Picture": binary, "Original": binary, "Searchable": binary, "Export": binary,
        "Table": {"anyOf": [_LIST, binary]}, "LetterFile": binary,
        "Description": {"type": "object", "required": ["openapi", "paths"]},
        "Problem": record({
            "type": TEXT, "title": TEXT, "status": WHOLE, "code": TEXT, "detail": TEXT,
        }),
    }  # fmt: skip
