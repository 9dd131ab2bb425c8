"""README's settings table, made from the settings themselves: `python -m tests.setup.readme` writes it."""

from __future__ import annotations

from pathlib import Path

from intake_service.settings import PREFIX, SETTINGS

README = Path(__file__).resolve().parents[2] / "README.md"
START = "<!-- settings: written by `make readme` -->"
END = "<!-- end of settings -->"
KINDS = {"text": "文字", "path": "文件夹", "integer": "整数", "yes_no": "yes / no"}


def settings_table() -> str:
    """The table in Markdown, in the order and words of `SETTINGS`."""
    rows = []
    for one in SETTINGS:
        default = f"`{one.default}`" if one.default else "空"
        rows.append(f"| `{PREFIX}{one.name}` | {default} | {KINDS[one.kind]} | {one.help} |")
    return "\n".join(["| 设置 | 默认 | 类型 | 说明 |", "|---|---|---|---|", *rows])


def written_table(text: str) -> str:
    """The table that stands in README.

    Raises:
        ValueError: README lacks one of the two marks.
    """
    return text[text.index(START) + len(START) : text.index(END)].strip()


def main() -> None:
    """Put the table of now in the place of the one that stands there."""
    text = README.read_text(encoding="utf-8")
    head, tail = text[: text.index(START) + len(START)], text[text.index(END) :]
    README.write_text(f"{head}\n{settings_table()}\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
