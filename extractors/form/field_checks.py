"""Rules for the single fields: filled in, written as such values are, possible, used by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.form.case import Case, filled, judged, place, tell, written
from extractors.form.contacts import usual_host_near
from extractors.form.reading import Check
from extractors.form.rules import Rule

_MOST_NUMBERS = 5


def required(rule: Rule, case: Case) -> Iterator[Check]:
    """Fields that must be filled in; of the table's cells only those that are not: ten rows would say it sixty times."""
    names = [label.field for label in case.layout.labels if label.required]
    names += [s.body.field for s in case.layout.sections if s.body and s.body.required]
    cells = [(name, case.fields.get(name)) for name in names]
    columns = [column.id for column in case.layout.columns if column.required]
    for index, row in enumerate(case.rows):
        cells += [(place(index, c), cell) for c, cell in row.cells() if c in columns and not written(cell)]
    for path, reading in cells:
        name = rule.id.replace("*", path.rpartition(".")[2])
        yield judged(rule, path, passed=filled(reading), finding=name, place=case.called(path))


def well_written(rule: Rule, case: Case) -> Iterator[Check]:
    """What is written has a normalised value."""
    for name in rule.of:
        for path, reading in case.readings(name):
            passed = reading.value is not None and reading.value != ""
            yield judged(rule, path, passed=passed, place=case.called(path), text=reading.text)


def possible_date(rule: Rule, case: Case) -> Iterator[Check]:
    """Not before ``earliest``, not after the day of receipt, for which ``latest`` stands in until it is known."""
    days = {"issued": case.call.issued, "deadline": case.call.deadline}
    for name, limits in rule.params.items():
        earliest, latest = (
            days.get(limits.get(key, ""), limits.get(key, "")) for key in ("earliest", "latest")
        )
        if case.received is not None:
            latest = case.received.isoformat()
        for path, reading in case.readings(name):
            value = str(reading.value or "")
            if not value:
                continue
            late, early = (bool(latest) and value > latest[: len(value)]), value < earliest[: len(value)]
            outcome, day = ("late", latest) if late else ("early", earliest) if early else ("good", "")
            called = case.called(path)
            yield tell(rule, outcome, path, passed=outcome == "good", place=called, value=value, day=day)


def area_code(rule: Rule, case: Case) -> Iterator[Check]:
    """The area codes of landlines are the region's."""
    numbers = case.value("contact_phone").split("/")
    lines = [number for number in numbers if number and number[0] != "1" and number[:3] != "400"]
    if not lines:
        return
    codes = [number.split("-")[0] for number in lines]
    without = all(not code.startswith("0") for code in codes)
    passed = None if without else all(code in case.catalogue.area_codes for code in codes)
    yield judged(rule, "contact_phone", passed=passed, codes="、".join(codes))


def mail_host(rule: Rule, case: Case) -> Iterator[Check]:
    """A host one or two signs from a usual one (99.com for qq.com) is likely a slip."""
    for host in (address.partition("@")[2] for address in case.value("email").split("/") if address):
        if near := usual_host_near(host):
            yield judged(rule, "email", passed=None, host=host, near=near)


def shared(rule: Rule, case: Case) -> Iterator[Check]:
    """The same person or telephone in other applications: a hint at one applicant under several names."""
    for name in rule.of:
        if numbers := case.alike.get(name, ()):
            shown = "、".join(numbers[:_MOST_NUMBERS]) + (" 等" if len(numbers) > _MOST_NUMBERS else "")
            yield judged(rule, name, passed=False, place=case.called(name), count=len(numbers), numbers=shown)
