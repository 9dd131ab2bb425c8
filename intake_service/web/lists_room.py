"""名单与表: what leaves the house about accepted organisations, to print, to publish, to type from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, g, render_template, stream_template, stream_with_context
from flask.typing import ResponseReturnValue

from extractors.form.layout import default_layout
from intake_service import export, filing, lists, queue, review
from intake_service.parts import Role
from intake_service.store import State
from intake_service.store.submissions import Filter
from intake_service.web import words
from intake_service.web.door import actor, parts


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/results/lists", "lists", show)
    web.add_url_rule("/results/lists/<list_name>.<kind>", "list_file", download)
    web.add_url_rule("/results/publication", "publication", publication)


def show() -> ResponseReturnValue:
    """Every table with its columns and the files it can be had as."""
    g.active = "results"
    actor().require(Role.REVIEWER)
    return render_template("lists.html", tables=lists.TABLES.values(), file_name=file_name, **_counts())


def _counts() -> dict[str, int]:
    """How many were accepted, and how many of them have no code yet."""
    chosen = (Filter(status=(State.ACCEPTED,)), Filter(status=(State.ACCEPTED,), uncoded=True))
    total, uncoded = (queue.count_by_status(parts(), each)[State.ACCEPTED] for each in chosen)
    return {"total": total, "uncoded": uncoded}


def download(list_name: str, kind: str) -> ResponseReturnValue:
    """One table as a file. Handing it out is put on record."""
    actor().require(Role.REVIEWER)
    pieces, media_type = lists.made(parts(), actor(), list_name, kind)
    response = Response(stream_with_context(pieces), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(list_name, kind)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def file_name(name: str, kind: str) -> str:
    """What a table of today is called."""
    return f"{name}-{words.local(datetime.now(UTC)):%Y%m%d}.{kind}"


def publication() -> ResponseReturnValue:
    """The list to publish on paper. Printing it is put on record."""
    actor().require(Role.REVIEWER)
    # Streamed: three thousand organisations take some seconds to gather.
    page = stream_template(
        "publication.html",
        titles=[column.title for column in lists.PUBLICATION.columns],
        rows=(_published(one) for one in export.accepted(parts(), actor(), what=lists.PUBLICATION.name)),
        call=default_layout().call,
        today=datetime.now(UTC),
        **_counts(),
    )
    return Response(page, mimetype="text/html")


def _published(one: review.Review) -> dict[str, Any]:
    """One organisation as the columns have it; what changes from occupation to occupation apart."""
    cells = {column.name: column.value(one, None) for column in lists.PUBLICATION.columns}
    fields = one.current.fields
    return {
        **cells,
        "contact": [fields[name].text for name in ("contact_person", "contact_phone") if fields[name].text],
        "period": filing.period(one.filing),
        "sites": [(site.name, site.address) for site in one.filing.sites],
        "occupations": [(row.cells["name"].text, row.cells["levels"].text) for row in one.current.rows],
    }
