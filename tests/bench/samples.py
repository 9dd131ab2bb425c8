"""``python -m tests.bench.samples``: draw the sample scans of ``intake demo`` anew.

Five papers that stand for what arrives, small enough to be kept beside the form. Nobody and nothing in them
exists. The same seeds give the same papers, so they change only when the drawing changes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.forms import draw, fonts
from tests.forms.mix import Spec, spec_of

FOLDER = Path(__file__).resolve().parents[2] / "templates_ref" / "basic-info" / "hunan-2020-40" / "samples"
MOST_BYTES = 2_500_000
"""All of them together: they travel with the product."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A seed's form with some of its circumstances fixed; ``name`` without its ending."""

    name: str
    seed: int
    circumstances: dict[str, Any] = field(default_factory=dict)
    style: dict[str, Any] = field(default_factory=dict)

    def spec(self) -> Spec:
        """The seed's spec, scanned plainly except for the circumstances named."""
        plain = {
            "dpi": 150,
            "colour": "colour",
            "damage": (),
            "photographed": False,
            "rotations": (0,),
            "output": "pdf",
            "jpeg_quality": 55,
            "papers": "",
            "edge_seal": False,
            "stored_turn": 0,
            "text_layer": "",
        }
        spec = spec_of(self.seed)
        style = replace(spec.style, **self.style)
        return replace(spec, **{**plain, **self.circumstances}, style=style)


SAMPLES = (
    Sample("1-printed-skewed", 338, {"damage": ("skew",), "dpi": 200}),
    Sample("2-handwritten", 265, {"damage": ("skew",)}),
    Sample(
        "3-rows-over-two-pages",  # one code on the paper belongs to another occupation
        519,
        {"damage": ("punch_holes", "skew")},
        {"row_mm": 9.0, "table_row_mm": 12.5, "margin_mm": 18.0, "opinion_mm": 46.0, "split_rows": False},
    ),
    Sample("4-photographed", 423, {"photographed": True, "output": "jpg", "jpeg_quality": 70}),
    Sample("5-digital", 218, {}),
)


def draw_samples(out: Path) -> list[Path]:
    """Every sample into ``out``, where samples of before are replaced; the truths are left out."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw.draw_specs(Path(folder), [sample.spec() for sample in SAMPLES])
        return [
            Path(shutil.move(form.path, out / f"{sample.name}{form.path.suffix}"))
            for sample, form in zip(SAMPLES, drawn, strict=True)
        ]


def main() -> int:
    """Draw and say how large; exit 1 when a font or LibreOffice is missing, or when they became too large."""
    lacking = fonts.ready()
    if lacking:
        print(lacking, file=sys.stderr)
        return 1
    paths = draw_samples(FOLDER)
    for path in paths:
        print(f"{path.name}  {path.stat().st_size:,} bytes")
    total = sum(path.stat().st_size for path in paths)
    print(f"{total:,} bytes together, at most {MOST_BYTES:,}")
    return 0 if total <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
