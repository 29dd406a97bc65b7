"""`python tools/vocabulary.py`: names and docs use the field's words, and the tree keeps its shape.

Prints each word of the list below that a name in the product or the tests defines, or that a page
of the documentation uses, and each folder or file that is too long; exits with 1 if there is any.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What each stood for has a standard word: cache, lease, worker thread, interface, sandbox, rerun …
BANNED = {
    "asking", "chosen", "door", "doorbell", "doors", "jail", "jailed", "kept", "lane", "lanes",
    "leftovers", "loose", "most", "orders", "redo", "refuse", "ring", "rings", "scenes", "shot",
    "shots", "sing", "told", "wish", "wishes",
}  # fmt: skip
# In prose these are also plain English
_NOT_IN_PROSE = BANNED - {"kept", "most", "orders", "refuse", "shot", "shots"}
_PROSE = re.compile(rf"\b({'|'.join(sorted(_NOT_IN_PROSE))}|a media)\b", re.IGNORECASE)
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
MAX_MODULES = 15  # of one folder, besides __init__.py
MAX_LINES, MAX_LINES_P90 = 300, 200
# One file by design: every setting that the environment may set
_LONG_BY_DESIGN = {"mediahub/settings.py"}


def main() -> int:
    problems = [*_names(), *_prose(), *_shape()]
    for problem in problems:
        print(problem)
    return bool(problems)


def banned_words(name: str) -> set[str]:
    """The banned words in a name in snake_case or CamelCase; "at most" is English for a maximum."""
    found = {word.lower() for word in _WORD.findall(name.replace("at_most", ""))} & BANNED
    return found | ({"a media"} if "_a_media" in f"_{name}" else set())


def defined_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of all that a module defines: not what it merely uses of others."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)):
                yield node.lineno, name


def _names() -> Iterator[str]:
    for path in _files("snapshots", "mediahub", "tests", "bench", "tools"):
        if banned := banned_words(path.stem):
            yield f"{path}: file name: {', '.join(sorted(banned))}"
        if path.suffix != ".py" or "migrations" in path.parts:
            continue
        for line, name in defined_names(ast.parse((ROOT / path).read_text("utf-8"))):
            if banned := banned_words(name):
                yield f"{path}:{line}: {name}: {', '.join(sorted(banned))}"


def _prose() -> Iterator[str]:
    pages = [p for p in _files("docs", "README.md", "bench") if p.suffix == ".md"]
    for path in pages:
        text = _CODE.sub(lambda code: "\n" * code[0].count("\n"), (ROOT / path).read_text("utf-8"))
        for number, line in enumerate(text.splitlines(), 1):
            for found in _PROSE.findall(line):
                yield f"{path}:{number}: {found}"


def _shape() -> Iterator[str]:
    modules = [p for p in _files("snapshots", "mediahub", "tests", "bench", "tools")
               if p.suffix in {".py", ".js"} and p.name != "__init__.py"]  # fmt: skip
    folders = Counter(path.parent for path in modules if "vendor" not in path.parts)
    for folder, count in folders.items():
        if count > MAX_MODULES:
            yield f"{folder}: {count} modules, more than {MAX_MODULES}"
    product = [p for p in modules if p.parts[0] in {"snapshots", "mediahub"}
               and not {"migrations", "vendor"} & {*p.parts}]  # fmt: skip
    lines = {path: (ROOT / path).read_text("utf-8").count("\n") for path in product}
    for path, count in lines.items():
        if count > MAX_LINES and str(path) not in _LONG_BY_DESIGN:
            yield f"{path}: {count} lines, more than {MAX_LINES}"
    p90 = sorted(lines.values())[len(lines) * 9 // 10]
    if p90 > MAX_LINES_P90:
        yield f"a tenth of the files has more than {p90} lines: {MAX_LINES_P90} are allowed"


def _files(*below: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *below],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


if __name__ == "__main__":
    sys.exit(main())
