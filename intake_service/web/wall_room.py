"""同类并看: many crops of one kind side by side, to confirm in one glance."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from extractors.form.layout import default_layout
from intake_service import wall
from intake_service.current import Cell
from intake_service.errors import InvalidRequestError
from intake_service.web import words
from intake_service.web.door import actor, parts, untrusted_json
from intake_service.web.review_fields import CODE_KINDS, seal_value, signature_value
from intake_service.web.review_view import place_label


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/wall", "wall", show)
    web.add_url_rule("/wall/confirm", "wall_confirm", confirm, methods=["POST"])


def show() -> ResponseReturnValue:
    """The wall of one kind."""
    g.active = "queue"
    found = wall.gather(parts(), actor(), request.args.get("kind", ""))
    pictures = {url: number for number, url in enumerate(dict.fromkeys(map(_picture, found.tiles)), start=1)}
    return render_template(
        "wall.html",
        kinds=[
            {"word": place_label(kind), "count": count, "url": url_for("web.wall", kind=kind),
             "current": kind == found.kind}
            for kind, count in found.counts.items()
        ],
        word=place_label(found.kind),
        whole=found.kind.startswith("marks."),
        pictures=pictures,
        tiles=[_tile(tile, pictures) for tile in found.tiles],
        total=found.counts.get(found.kind, 0),
    )  # fmt: skip


def confirm() -> ResponseReturnValue:
    """Confirm what was looked at and not marked as wrong."""
    asked = untrusted_json().get("seen")
    if not isinstance(asked, list) or len(asked) > wall.MOST_TILES:
        raise InvalidRequestError
    done, left = wall.confirm_seen(parts(), actor(), [_seen(each) for each in asked])
    return jsonify(
        done=[[s.submission_id, s.path] for s in done], left=[[s.submission_id, s.path] for s in left]
    )


def _seen(untrusted: Any) -> wall.Seen:
    match untrusted:
        case {"id": str(submission_id), "path": str(path), "version": int(version)}:
            return wall.Seen(submission_id, path, version)
    raise InvalidRequestError


def _picture(tile: wall.Tile) -> str:
    return url_for(
        "web.page_picture",
        submission_id=tile.submission.id,
        document_id=tile.submission.form_document_id,
        number=tile.page,
    )


def _tile(tile: wall.Tile, pictures: dict[str, int]) -> dict[str, Any]:
    return {
        "id": tile.submission.id,
        "path": tile.path,
        "version": tile.version,
        "text": _text(tile),
        "is_code": default_layout().kinds.get(tile.path.rsplit(".", 1)[-1]) in CODE_KINDS,
        "title": tile.submission.org_name or tile.submission.receipt_number,
        "url": url_for("web.review", submission_id=tile.submission.id),
        "place": f"{pictures[_picture(tile)]}:{','.join(map(str, tile.box))}",
    }


def _text(tile: wall.Tile) -> str:
    if isinstance(tile.cell, Cell):
        return tile.cell.text
    if tile.path == "marks.legal_rep_signature":
        return words.SIGNATURE_WORDS[signature_value(tile.cell.verdict)]
    return words.SEAL_WORDS[seal_value(tile.cell.verdict)]
