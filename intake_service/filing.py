"""After acceptance: code, period and sites of an organisation, as the office gave them and a person typed them in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from extractors.form.layout import default_layout
from intake_service import queue
from intake_service.errors import ConflictError, InvalidRequestError
from intake_service.parts import Actor, Parts, Role
from intake_service.review import plain
from intake_service.store import State, audit, corrections, filings, submissions
from intake_service.store.corrections import Correction
from intake_service.store.filings import Filing, Site
from intake_service.store.submissions import Filter

MOST_SITES = 200
MAX_TEXT = 200
"""Characters of a site's name or address."""


def parse_filing(untrusted: Mapping[str, str], untrusted_sites: Sequence[tuple[str, str]]) -> Filing:
    """What was typed: ``code``, ``valid_from``, ``valid_to``, and names and addresses. Raises InvalidRequestError."""
    code = "".join(unicodedata.normalize("NFKC", untrusted.get("code", "")).upper().split())
    rule = default_layout().call.filing_code
    if code and not (rule.allows(code) if rule else len(code) <= 32 and code.isalnum()):
        raise InvalidRequestError(rule.say if rule else "备案号只能有字母和数字，最多 32 位。")
    first, last = (_day(untrusted.get(name, "")) for name in ("valid_from", "valid_to"))
    if (first is None) != (last is None):
        raise InvalidRequestError("备案期限的起止日期请都填，或都不填。")
    if first and last and last < first:
        raise InvalidRequestError("备案期限的止日早于起日，请核对。")
    sites = tuple(Site(plain(name), plain(address)) for name, address in untrusted_sites)
    sites = tuple(site for site in sites if site.name or site.address)
    for number, site in enumerate(sites, start=1):
        if not (site.name and site.address):
            raise InvalidRequestError(f"第 {number} 个站点请把名称和地址都填上。")
        if max(len(site.name), len(site.address)) > MAX_TEXT:
            raise InvalidRequestError(f"第 {number} 个站点的名称或地址过长（最多 {MAX_TEXT} 字）。")
    if len(sites) > MOST_SITES:
        raise InvalidRequestError(f"站点最多 {MOST_SITES} 个。")
    return Filing(code, first, last, sites)


def _day(untrusted: str) -> date | None:
    try:
        return date.fromisoformat(untrusted.strip()) if untrusted.strip() else None
    except ValueError as error:
        raise InvalidRequestError("日期应写作 2020-04-20。") from error


def record_filing(parts: Parts, actor: Actor, submission_id: str, version: int, typed: Filing) -> Filing:
    """Keep what was typed by somebody who had seen ``version``; what stood before stays in the history.

    The audit trail, which outlives the submission, gets the names of what was changed only. Raises NotFoundError,
    ConflictError where nothing is accepted, the code is another organisation's or a newer version is there.
    """
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if submission.status is not State.ACCEPTED:
            raise ConflictError("这份件还没有通过，不能填写备案信息。")
        before = filings.get(tx, submission_id)
        at = datetime.now(UTC)
        kept = replace(typed, by=actor.name, at=at)
        was, now = described(before), described(kept)
        changed = [name for name in now if now[name] != was[name]]
        if not changed:
            return before
        if typed.code and (others := filings.others_with(tx, typed.code, submission_id, submission.uscc)):
            raise ConflictError(f"备案号 {typed.code} 已用于收件编号 {others[0]} 的单位，请核对。")
        for seen, name in enumerate(changed, start=version):
            stood, stands = {"text": was[name]}, {"text": now[name]}
            change = Correction(seen + 1, "filing", f"filing.{name}", stood, stands, actor.name, at)
            corrections.append(tx, submission_id, seen, change)
        filings.put(tx, submission_id, kept)
        audit.append(tx, actor.name, "submission.filing", submission_id, {"fields": changed})
        return kept


def described(filing: Filing) -> dict[str, str]:
    """Each part as people write it; the keys name the parts in the history."""
    return {"code": filing.code, "period": period(filing), "sites": site_words(filing)}


def period(filing: Filing) -> str:
    """The period as lists show it."""
    return f"{filing.valid_from} 至 {filing.valid_to}" if filing.valid_from else ""


def site_words(filing: Filing) -> str:
    """All sites in one cell."""
    return "；".join(f"{site.name}（{site.address}）" for site in filing.sites)


def next_without_code(parts: Parts, after: str) -> str | None:
    """The id of the accepted submission that came next after this one and has no code yet, else of the first such one."""
    waiting = Filter(status=(State.ACCEPTED,), uncoded=True, order="oldest")
    for cursor in (after, None):
        if found := queue.list_submissions(parts, waiting, cursor, 1).items:
            return found[0].id if found[0].id != after else None
    return None
