"""Every form and call in the reference data is usable, and the blank form prints what its layout says."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from jsonschema import Draft202012Validator

from extractors.form.catalogue import load_catalogue
from extractors.form.layout import Layout, load_call, load_layout
from extractors.form.text import normal_label
from tests.templates_ref.draw_blank import draw

ROOT = Path(__file__).resolve().parents[2] / "templates_ref"
FOLDERS = sorted(path.parent for path in ROOT.glob("*/*/layout.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
class TestEveryForm:
    def test_it_loads(self, folder: Path) -> None:
        layout = load_layout(folder)
        assert (layout.form, layout.version) == (folder.parent.name, folder.name)

    def test_the_blank_pdf_prints_every_text_of_the_layout(self, folder: Path) -> None:
        pdf = pypdfium2.PdfDocument(folder / "blank.pdf")
        printed = normal_label("".join(page.get_textpage().get_text_range() for page in pdf))
        for text in texts(load_layout(folder)):
            assert normal_label(text) in printed, text

    def test_the_blank_word_file_is_the_one_the_script_draws(self, folder: Path, tmp_path: Path) -> None:
        """Drawn again, the document's words and table are the same: nobody edited it by hand."""
        draw(load_layout(folder)).save(str(tmp_path / "blank.docx"))
        with (
            zipfile.ZipFile(folder / "blank.docx") as kept,
            zipfile.ZipFile(tmp_path / "blank.docx") as drawn,
        ):
            assert kept.read("word/document.xml") == drawn.read("word/document.xml")


def texts(layout: Layout) -> list[str]:
    """What stands on the reference print; variants stand on others."""
    found = [layout.title, layout.note]
    for section in layout.sections:
        found.append(section.heading)
        found += [label.text for label in section.labels] + [
            option.text for label in section.labels for option in label.options
        ]
        found += [column.header for column in section.columns] + [mark.label for mark in section.marks]
        found += [printed.text for printed in section.printed]
    return found


@pytest.mark.parametrize("file", sorted((ROOT / "calls").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_call_loads_and_its_materials_can_be_told_apart(file: Path) -> None:
    call = load_call(file)
    strong = [word for material in call.materials for word in material.strong]
    assert len(set(strong)) == len(strong)
    assert [material.number for material in call.materials] == list(range(1, len(call.materials) + 1))
    assert call.issued < call.deadline


@pytest.mark.parametrize("name", ["layout.schema.json", "call.schema.json"])
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(json.loads((ROOT / name).read_text(encoding="utf-8")))


def test_the_reference_data_imports_nothing() -> None:
    """A package of data: importing it runs no code of ours."""
    code = "import sys, templates_ref; print([m for m in sys.modules if m.split('.')[0] in {'extractors', 'yaml'}])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_catalogue_loads_from_its_folder() -> None:
    assert len(load_catalogue(ROOT / "catalogues").occupations) > 3000
