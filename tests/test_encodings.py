"""Text has a named encoding everywhere: the locale's is not that of our files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.processes import ROOT

SOURCES = [
    ROOT / "manage.py",
    *(
        path
        for name in ("mediahub", "snapshots", "tools", "bench")
        for path in (ROOT / name).rglob("*.py")
    ),
]
# Position of the encoding, and of the mode if there is one
TEXT_METHODS = {"read_text": 0, "write_text": 1}
OPENERS = {"open": 0, "fdopen": 1, "NamedTemporaryFile": 0, "TemporaryFile": 0}
NOT_FILES = {"av", "Image", "tarfile", "zipfile", "archive", "wheel", "context", "os"}


def unnamed(code: str) -> Iterator[int]:
    """Lines of `code` that read or write text in the encoding of the locale."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and _depends_on_locale(node):
            yield node.lineno


def _depends_on_locale(call: ast.Call) -> bool:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in keywords or "text" in keywords:
        return "encoding" not in keywords
    is_method = isinstance(call.func, ast.Attribute)
    name = getattr(call.func, "attr" if is_method else "id", "")
    receiver = getattr(getattr(call.func, "value", None), "id", "")
    if name in TEXT_METHODS:
        return len(call.args) <= TEXT_METHODS[name]
    if name not in OPENERS:
        return False
    if name == "open" and receiver in NOT_FILES:
        return False
    place = OPENERS[name] if is_method or name != "open" else 1
    mode = keywords.get("mode") or (call.args[place] if len(call.args) > place else None)
    if mode is None:
        return name == "fdopen" or (name == "open" and not (is_method and call.args))
    return isinstance(mode, ast.Constant) and "b" not in str(mode.value)


@pytest.mark.parametrize(
    "code",
    [
        "open(x)", "open(x, 'w')", "open(x, mode='a')", "x.open()", "x.open('w')", "x.read_text()",
        "x.write_text(y)", "tempfile.NamedTemporaryFile('w')", "NamedTemporaryFile(mode='w+')",
        "os.fdopen(x)", "os.fdopen(x, 'w')", "subprocess.run(x, text=True)",
    ],
)  # fmt: skip
def test_the_check_finds(code: str) -> None:
    assert list(unnamed(code)) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "open(x, 'rb')", "x.open('wb', buffering=0)", "x.read_text('utf-8')", "av.open(x, 'w')",
        "x.write_text(y, encoding='utf-8')", "open(x, encoding='utf-8')", "NamedTemporaryFile()",
        "os.fdopen(x, 'wb')", "os.open(x, flags)",
        "context.open(strict=False)", "storage.open(name)",
    ],
)  # fmt: skip
def test_the_check_passes(code: str) -> None:
    assert list(unnamed(code)) == []


def test_every_text_file_has_a_named_encoding() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for line in unnamed(path.read_text("utf-8"))
    ]
    assert found == []
