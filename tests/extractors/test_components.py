import numpy as np

from extractors.components import places


def test_places_are_told_row_by_row_also_of_a_part_of_a_mask():
    mask = np.zeros((6, 9), bool)
    mask[[0, 2, 2, 5], [8, 1, 7, 3]] = True
    for part in (mask, mask[:, 1:8], mask[::-1, ::-1], mask.T):
        rows, columns = places(part)
        assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [
            (y, x) for y in range(part.shape[0]) for x in range(part.shape[1]) if part[y, x]
        ]
