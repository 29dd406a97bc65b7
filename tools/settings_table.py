"""Write docs/settings.md: every setting that mediahub/settings.py reads from the environment.

The description of a setting is the block of `#:` comments above the line that reads it. A setting
without a description, or a description without a setting, is an error.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOC = ROOT / "docs" / "settings.md"
SOURCE = ROOT / "mediahub" / "settings.py"

_SETTING = re.compile(r"(MEDIAHUB|DATABASE)_\w+")
_KINDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "list": "list",
    "get_value": "list",
}
_RATE_LIMIT = re.compile(r'^        \("[a-z-]+", "([A-Z_]+)", "([0-9./]+)"', re.MULTILINE)
_SECTION = re.compile(r"# --- (.+?) -+")
_BLOCK = re.compile(r"(?:^ *#:.*\n)+", re.MULTILINE)
_HEAD = """\
# Settings

Made from `mediahub/settings.py` by `make schema`.

All settings come from the environment, and none is needed to start. A name with `_FILE` appended
reads the value from a file: `MEDIAHUB_SECRET_KEY_FILE=/run/secrets/key`. Lists are separated by
commas. `manage.py doctor` checks the settings in force.
"""
_TABLE = """\
| variable | kind | default | meaning |
| --- | --- | --- | --- |"""
_TAIL = """
## First administrator

`manage.py up` creates an administrator when the site has no superuser.

| variable | kind | default | meaning |
| --- | --- | --- | --- |
| `DJANGO_SUPERUSER_USERNAME` | text | `admin` | User name of the first administrator. |
| `DJANGO_SUPERUSER_PASSWORD` | text | random, printed once | Password of the first administrator. |
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One that is read: its line in the source, and its default as an expression or as text."""

    line: int
    name: str
    kind: str
    default: ast.expr | str


def main() -> None:
    DOC.write_text(page(), "utf-8")


def page() -> str:
    """The whole page."""
    source = SOURCE.read_text("utf-8")
    described = _described(source)
    parts, section = [_HEAD], ""
    for setting in _settings(source):
        title = _section(source, setting.line)
        if title != section:
            parts.append(f"{'' if not section else chr(10)}## {title}\n\n{_TABLE}")
            section = title
        text, default = described[setting.name]
        parts.append(
            f"| `{setting.name}` | {setting.kind} | {_default(setting, default)} | {text} |"
        )
    return "\n".join([*parts, _TAIL])


def _settings(source: str) -> list[Setting]:
    """All that are read, in the order of the source."""
    return sorted([*_calls(source), *_rate_limits(source)], key=lambda setting: setting.line)


def _calls(source: str) -> Iterator[Setting]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and _SETTING.fullmatch(str(name.value)):
                named = [word.value for word in node.keywords if word.arg == "default"]
                default = [*node.args[1:], *named][0]
                yield Setting(node.lineno, str(name.value), _KINDS[node.func.attr], default)


def _rate_limits(source: str) -> Iterator[Setting]:
    for match in _RATE_LIMIT.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        yield Setting(line, f"MEDIAHUB_LIMIT_{match[1]}", "times/seconds", match[2])


def _described(source: str) -> dict[str, tuple[str, str]]:
    """Description and named default of each setting, from the block nearest above its line."""
    blocks = {
        source.count("\n", 0, match.end()): re.sub(r"\s*#: ?", " ", match[0]).strip()
        for match in _BLOCK.finditer(source)
    }
    found, previous = {}, 0
    for setting in _settings(source):
        between = [line for line in blocks if previous < line < setting.line]
        if len(between) != 1:
            raise SystemExit(f"{setting.name} has {len(between)} descriptions (#:), not one.")
        text, _, default = blocks.pop(between[0]).partition(" Default: ")
        found[setting.name] = (text, default)
        previous = setting.line
    if blocks:
        raise SystemExit(f"Descriptions (#:) of no setting: {'; '.join(blocks.values())}")
    return found


def _section(source: str, line: int) -> str:
    """Title of the section of settings.py in which a line is."""
    titles: list[str] = _SECTION.findall("\n".join(source.splitlines()[:line]))
    return titles[-1]


def _default(setting: Setting, named: str) -> str:
    """The default as one would write it in the environment."""
    if isinstance(setting.default, str):
        return f"`{setting.default}`"
    try:
        value = _constant(setting.default)
    except ValueError:
        if not named:
            raise SystemExit(f"{setting.name} needs a line `#: Default: …`.") from None
        return named
    if value in ("", []):
        return named or "none"
    if named:
        raise SystemExit(f"{setting.name} has a default in the code: drop `#: Default:`.")
    return f"`{_written(value)}`"


def _constant(node: ast.expr) -> Any:
    """The value of a literal or of a product of literals; raises `ValueError` for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _constant(node.left) * _constant(node.right)
    return ast.literal_eval(node)


def _written(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_written, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
