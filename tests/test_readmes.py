"""The two READMEs say the same: the same settings, commands, links and pictures."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\| (`[^|]*) \|",  # the settings
        r"`([A-Z]+_[A-Z_]+)`",
        r"\]\((?!README)([^)]+)\)",
        r"`(make \w+)",
        r"^(#+) ",
        r"^(?:\.venv/bin/python|curl|KEY|API)[^#\n]*(?<! )",
    ],
)
def test_both_have_the_same(pattern):
    def found(text):
        rows = re.findall(pattern, text.replace("`、`", "`, `"), re.MULTILINE)
        return rows if pattern.startswith("^") else sorted(rows)

    assert found(ENGLISH)
    assert found(CHINESE) == found(ENGLISH)


def test_each_leads_to_the_other():
    assert "(README.zh-CN.md)" in ENGLISH
    assert "(README.md)" in CHINESE


def test_pictures_are_small():
    names = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", ENGLISH)
    assert len(names) == 4
    assert all((ROOT / name).stat().st_size < 300_000 for name in names)


def test_every_setting_is_told_and_every_told_one_is_read():
    text = (ROOT / "mediahub" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'"((?:MEDIAHUB|DATABASE)_[A-Z_]*[A-Z])"', text))
    read |= {
        f"MEDIAHUB_LIMIT_{name}"
        for name in re.findall(r'^        \("[a-z-]+", "([A-Z_]+)", "\d', text, re.M)
    }
    told = set(re.findall(r"`((?:MEDIAHUB|DATABASE)_[A-Z_]*[A-Z])`", ENGLISH))
    assert told == read


def test_the_page_of_settings_is_made_from_them():
    made = runpy.run_path(str(ROOT / "tools" / "settings_table.py"))["page"]()
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == made, "make schema"
    assert made.count("\n| `") == len(set(re.findall(r"^\| `(\w+)`", made, re.M)))
