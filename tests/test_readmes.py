"""README and pages: both languages alike, links that lead somewhere, every setting described."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "bench" / "README.md"])


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\| (\d+(?:, \d+)*) \|",  # the templates
        r"\]\((?!README)([^)]+)\)",
        r"`(make \w+)",
        r"^(#+) ",
        r"^(?:\.venv/bin/python|curl|KEY|API)[^#\n]*(?<! )",
        r"`([^`\n]+)`",
    ],
)
def test_both_have_the_same(pattern):
    def found(text):
        rows = re.findall(pattern, re.sub(r"(?<=[\d`])、(?=[\d`])", ", ", text), re.MULTILINE)
        return rows if pattern.startswith("^") else sorted(rows)

    assert found(ENGLISH)
    assert found(CHINESE) == found(ENGLISH)


def test_each_leads_to_the_other():
    assert "(README.zh-CN.md)" in ENGLISH
    assert "(README.md)" in CHINESE


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_they_are_short(text):
    assert text.count("\n") <= 150


def test_pictures_are_small():
    names = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", ENGLISH)
    assert len(names) == 2
    assert all((ROOT / name).stat().st_size < 300_000 for name in names)
    assert {ROOT / name for name in names} == set((ROOT / "docs" / "images").iterdir())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_linked_from_the_readme():
    linked = {ROOT / link for link in re.findall(r"\]\((docs/\w[^)#]*)", ENGLISH)}
    assert set((ROOT / "docs").glob("*.md")) - linked == set()


def test_paths_of_the_development_page_exist():
    text = (ROOT / "docs" / "development.md").read_text("utf-8")
    paths = re.findall(r"`((?:snapshots|bench|tools)/[^`]+)`", text)
    assert len(paths) >= 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_setting_that_is_read_is_described_once():
    text = (ROOT / "mediahub" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'"((?:MEDIAHUB|DATABASE)_[A-Z_]*[A-Z])"', text))
    read |= {
        f"MEDIAHUB_LIMIT_{name}"
        for name in re.findall(r'^        \("[a-z-]+", "([A-Z_]+)", "\d', text, re.M)
    }
    described = re.findall(r"^\| `((?:MEDIAHUB|DATABASE)_[A-Z_]*[A-Z])` \|", SETTINGS, re.M)
    assert sorted(described) == sorted(read)


def test_descriptions_are_sentences_of_their_own():
    rows = [line.strip("| ").split(" | ") for line in SETTINGS.splitlines() if "| `" in line[:3]]
    assert all(len(row) == 4 for row in rows)
    assert [row[0] for row in rows if not re.match(r"[A-Z`].*\.$", row[3])] == []
    assert [row[0] for row in rows if "…" in row[3].replace("media/…/frame/", "")] == []


def test_pages_name_only_settings_that_exist():
    known = set(re.findall(r"^\| `(\w+)` \|", SETTINGS, re.M))
    known |= {f"{name}_FILE" for name in known}
    known |= {"MEDIAHUB_DB_PASSWORD"}  # of compose.yaml
    used = {
        name
        for page in PAGES
        for name in re.findall(
            r"\b(?:MEDIAHUB|DATABASE|DJANGO)_[A-Z0-9_]+\b", page.read_text("utf-8")
        )
    }
    assert used - known == set()


def test_the_page_of_settings_is_generated():
    made = runpy.run_path(str(ROOT / "tools" / "settings_table.py"))["page"]()
    assert made == SETTINGS, "make schema"
    assert made.count("\n| `") == len(set(re.findall(r"^\| `(\w+)`", made, re.M)))


def test_docs_never_install_packages_of_strangers() -> None:
    """The names `mediahub` and `snapshots` on the public index belong to strangers."""
    install = re.compile(r"(?:pip|uv|pipx)\s+install[^\n`]*[\s'\"](?:mediahub|snapshots)\b(?!/)")
    folders = ("snapshots", "mediahub", "templates", "deploy", "tools")
    texts = [*PAGES, *(path for folder in folders for path in (ROOT / folder).rglob("*.*"))]
    texts = [path for path in texts if path.suffix in {".md", ".py", ".html", ".yaml"}]
    found = [path.name for path in texts if install.search(path.read_text("utf-8"))]
    assert found == []
    assert install.search("pip install 'mediahub[metrics]'")
