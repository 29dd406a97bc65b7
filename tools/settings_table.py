"""Write docs/settings.md: every setting that mediahub/settings.py reads, with its default there.

What each means stands in the README's table. A name in neither of the two is an error.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOC = ROOT / "docs" / "settings.md"
_OURS = re.compile(r"(MEDIAHUB|DATABASE)_\w+")
_KINDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "list": "words, by comma",
    "get_value": "several, by comma",
}
_LIMIT = re.compile(r'^        \("[a-z-]+", "([A-Z_]+)", "([0-9./]+)"', re.MULTILINE)


def main() -> None:
    DOC.write_text(page(), "utf-8")


def page() -> str:
    """The whole page."""
    meanings = _meanings((ROOT / "README.md").read_text("utf-8"))
    source = (ROOT / "mediahub" / "settings.py").read_text("utf-8")
    rows = sorted(_settings(source), key=lambda row: list(meanings).index(row[0]))
    lines = [
        f"| `{name}` | {kind} | {default} | {meanings[name]} |" for name, kind, default in rows
    ]
    return "\n".join([_HEAD, *lines, ""])


_HEAD = """\
# Settings

Made from `mediahub/settings.py` and the README's table by `make schema`. All come from the
environment; a name with `_FILE` appended reads the value from a file. Defaults are written as in
Python.

| variable | kind | default | meaning |
| --- | --- | --- | --- |"""


def _settings(source: str) -> Iterator[tuple[str, str, str]]:
    """Name, kind and default of each that is read."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and _OURS.fullmatch(str(name.value)):
                yield str(name.value), _KINDS[node.func.attr], _default(node)
    for name, default in _LIMIT.findall(source):
        yield f"MEDIAHUB_LIMIT_{name}", "times/seconds", f"`{default}`"


def _default(call: ast.Call) -> str:
    named = [word.value for word in call.keywords if word.arg == "default"]
    found = ast.unparse([*call.args[1:], *named][0])
    return "none" if found in ("''", "[]") else f"`{found}`"


def _meanings(readme: str) -> dict[str, str]:
    """By name; names that share a row share its meaning."""
    found: dict[str, str] = {}
    for line in readme.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == 3:
            for name in re.findall(r"`(\w+)`", cells[0]):
                found[name] = cells[2].replace("](docs/", "](")
    return found


if __name__ == "__main__":
    main()
