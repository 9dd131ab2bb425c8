"""What the catalogue of occupations says where a row's name and code do not belong together: to be offered, never taken."""

from __future__ import annotations

from intake_service.current import Row

MOST = 3


def listed_near(row: Row) -> dict[str, tuple[str, ...]]:
    """Path of a row's name and code → what the catalogue has instead, nearest first; empty where the two agree."""
    # Loaded when wanted: the tables take a moment, and most pages never need them.
    from extractors.form.catalogue import default_catalogue

    known = default_catalogue()
    name, code = row.cells["name"], row.cells["code"]
    written = str(code.value or code.text)
    if written in known.codes(name.text) or not (name.text or written):
        return {}
    own_codes = known.codes(name.text)
    of_code = known.names(written)
    near = known.near_names(name.text) if name.text and not own_codes else ()
    if slip := [each for each in near if each in of_code]:
        return {name.path: tuple(slip)}  # the code says which of the near names is meant
    of_near = (code for each in near for code in known.codes(each))
    return {
        name.path: tuple(dict.fromkeys((*of_code, *near)))[:MOST],
        code.path: tuple(dict.fromkeys((*own_codes, *of_near)))[:MOST],
    }
