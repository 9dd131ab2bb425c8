"""The rules of a call applied to what was read: findings, each with a stable id and a sentence for the reviewer.

A finding never changes a value: a failed one sends the field to a person. ``passed`` is None where a rule
cannot be judged; a rule that has nothing to say of an application finds nothing. Facts that are not certain
(see ``catalogue``) may confirm but not contradict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from extractors.form import (
    condition_checks,
    credit_checks,
    field_checks,
    mark_checks,
    material_checks,
    row_checks,
)
from extractors.form.case import Case
from extractors.form.reading import Check
from extractors.form.rules import Rule

RUNNERS: Mapping[str, Callable[[Rule, Case], Iterator[Check]]] = MappingProxyType(
    {
        "required": field_checks.required,
        "format": field_checks.well_written,
        "possible_date": field_checks.possible_date,
        "area_code": field_checks.area_code,
        "mail_host": field_checks.mail_host,
        "shared": field_checks.shared,
        "uscc_format": credit_checks.well_formed,
        "uscc_check_sign": credit_checks.check_sign,
        "uscc_organisation": credit_checks.organisation_code,
        "prefix_type": credit_checks.prefix_type,
        "prefix_region": credit_checks.prefix_region,
        "registration": credit_checks.registration,
        "same_region": credit_checks.same_region,
        "occupations_filled": row_checks.occupations_filled,
        "old_code": row_checks.old_code,
        "code_known": row_checks.code_known,
        "name_and_code": row_checks.name_and_code,
        "levels_in_standard": row_checks.levels_in_standard,
        "is_new": row_checks.is_new,
        "new_with_history": row_checks.new_with_history,
        "sequence": row_checks.sequence,
        "duplicate_rows": row_checks.duplicate_rows,
        "entry_restricted": condition_checks.entry_restricted,
        "scope": condition_checks.scope,
        "years_of_practice": condition_checks.years_of_practice,
        "total_count": condition_checks.total_count,
        "count_each": condition_checks.count_each,
        "deadline": condition_checks.deadline,
        "material": material_checks.material,
        "signature": mark_checks.signature,
        "organisation_seal": mark_checks.organisation_seal,
        "authority_seal": mark_checks.authority_seal,
        "authority_opinion": mark_checks.authority_opinion,
        "authority_date": mark_checks.authority_date,
    }
)
"""Kind of rule → what applies it; ``rules.KINDS`` has the signatures."""


def case_to_checks(case: Case) -> tuple[Check, ...]:
    """Every finding of the call's rules, in their order."""
    return tuple(check for rule in case.call.rules for check in RUNNERS[rule.kind](rule, case))
