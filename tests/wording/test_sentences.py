"""What services and core say to people is known to the translations, sentence by sentence."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from snapshots.errors import Conflict, FieldProblem, Invalid
from snapshots.services import presets
from snapshots.video import timepoints
from snapshots.video.errors import VideoError
from snapshots.wording import told, told_error
from snapshots.wording.sentences import PRESETS, SENTENCES

ROOT = Path(__file__).resolve().parents[2] / "snapshots"
# Health and metrics are for operators, who read English; specs are written by programs.
NOT_FOR_READERS = {"health.py", "spec.py", "extract.py"}
PART = re.compile(r"%\(\w+\)s")


def _said(node):
    """A string that is a sentence, its parts as %()s; `None` for anything else."""
    if isinstance(node, ast.JoinedStr):
        words = "".join(
            part.value if isinstance(part, ast.Constant) else "%()s" for part in node.values
        )
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value
    else:
        return None
    return words if re.search(r"\w \w.*[.…]$", words, re.DOTALL) else None


def _not_said(tree):
    """Docstrings, the pieces of longer strings, and what names a REST field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.keyword) and node.arg in ("help_text", "description"):
            yield from ast.walk(node.value)


def _plain(words):
    """Without the marks of `str.format`."""
    named = re.sub(r"(?<!\{)\{\w*\}(?!\})", "%()s", words)
    return named.replace("{{", "{").replace("}}", "}")


def _sentences(path):
    tree = ast.parse(path.read_text())
    skipped = set(map(id, _not_said(tree)))
    found = (_said(node) for node in ast.walk(tree) if id(node) not in skipped)
    return {_plain(words) for words in found if words}


def _files():
    folders = [ROOT / name for name in ("outbound", "services", "storage", "video")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    # What these two say stands in the OpenAPI document, which is in English
    interfaces = set((ROOT / "api").glob("*.py")) - {
        ROOT / "api" / n for n in ("answers.py", "schema.py")
    }
    return [*files, *sorted(interfaces), ROOT / "web" / "files.py"]


def _bare(msgid):
    return PART.sub("%()s", msgid).replace("%%", "%")


def test_every_sentence_is_known():
    known = {_bare(msgid) for msgid in SENTENCES}
    unknown = {
        f"{path.name}: {words}"
        for path in _files()
        if path.name not in NOT_FOR_READERS
        for words in _sentences(path) - known
        if not words.startswith("Use one of: ")  # the choices are a part of that one
    }
    assert unknown == set()


def test_every_preset_is_known():
    rows = presets.preset_values().values()
    assert {row[name] for row in rows for name in ("name", "comment")} == set(PRESETS)


@pytest.mark.parametrize("msgid", SENTENCES)
def test_it_finds_each_sentence_again_by_its_parts(msgid):
    names = set(re.findall(r"%\((\w+)\)s", msgid))
    parts = {name: f"{name.upper()}7" for name in names}
    sentence = msgid % parts if names else msgid
    with translation.override("zh-hans"):
        shown = told(sentence)
        assert shown != sentence
        assert all(part in shown for part in parts.values())
        assert shown == (
            translation.gettext(msgid) % parts if names else translation.gettext(msgid)
        )
    with translation.override("en"):
        assert told(sentence) == sentence


def test_parts_are_translated_too():
    with pytest.raises(VideoError) as caught:
        timepoints.parse("soon")
    turned = "Pictures will be mirrored and turned by 90° clockwise, as the file asks."
    with translation.override("zh-hans"):
        assert told(caught.value.message).startswith("“soon”不是时间点。请写明时间的单位：")
        assert told(turned) == "按照文件要求，图片将镜像并顺时针旋转 90°。"


def test_what_is_not_known_stays_as_it_is():
    with translation.override("zh-hans"):
        assert told("Something quite new.") == "Something quite new."
        assert told("") == ""


def test_each_fault_of_a_refusal_is_told():
    problems = [
        FieldProblem("quality", "out_of_range", "Use a quality from 1 to 100."),
        FieldProblem("name", "too_long", "Use at most 64 characters."),
    ]
    with translation.override("zh-hans"):
        assert told_error(Invalid(problems)) == "质量为 1 到 100。 最多 64 个字符。"
        assert told_error(Conflict("x", "This event is being sent just now.")) == (
            "此事件通知正在发送。"
        )
