"""Every message of services, gateways and video core is in the catalogue, and translated whole."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from snapshots.errors import Conflict, FieldProblem, Invalid
from snapshots.messages import Message
from snapshots.messages import message as _
from snapshots.services import presets
from snapshots.translation import translate, translate_lazy
from snapshots.video import timepoints
from snapshots.video.errors import VideoError

ROOT = Path(__file__).resolve().parents[1] / "snapshots"
FOLDERS = ("api", "outbound", "services", "storage", "video", "web/tus")
# Operators read health in English; the OpenAPI document is in English
NOT_FOR_READERS = {"health.py", "schema.py", "response_schemas.py"}
PART = re.compile(r"%\((\w+)\)s")


def _files():
    files = [path for name in FOLDERS for path in (ROOT / name).rglob("*.py")]
    views = ROOT / "api" / "views"  # its sentences are the OpenAPI document's
    others = [ROOT / "web" / "files.py", ROOT / "content_length.py"]
    return [*(path for path in files if views not in path.parents), *others]


def _marked(path):
    """Each `_("…", name=…)` of a file: the id, and the names of its parameters."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield ast.literal_eval(node.args[0]), {keyword.arg for keyword in node.keywords}


MARKED = sorted(
    {(msgid, frozenset(names)) for path in _files() for msgid, names in _marked(path)},
    key=lambda pair: (pair[0], sorted(pair[1])),
)


def _sentence(node):
    """The text of a string that is a sentence; `None` for anything else."""
    if isinstance(node, ast.JoinedStr):
        words = "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value
    else:
        return None
    return words if re.search(r"\w \w.*[.…]$", words, re.DOTALL) else None


def _not_messages(tree):
    """Docstrings, the parts of longer strings, what is marked, and what describes a REST field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.keyword) and node.arg in ("help_text", "description"):
            yield from ast.walk(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield node.args[0]


def test_sentences_are_marked_for_translation():
    unmarked = []
    for path in _files():
        if path.name in NOT_FOR_READERS:
            continue
        tree = ast.parse(path.read_text())
        skipped = set(map(id, _not_messages(tree)))
        found = (_sentence(node) for node in ast.walk(tree) if id(node) not in skipped)
        unmarked += [f"{path.name}: {words}" for words in found if words]
    assert unmarked == []


def test_there_are_messages_to_look_at():
    assert len(MARKED) > 150


@pytest.mark.parametrize(("msgid", "names"), MARKED)
def test_every_message_is_translated_with_its_parameters(msgid, names):
    params = {name: f"{name.upper()}7" for name in set(PART.findall(msgid))}
    assert not names or names == set(params)  # given elsewhere, where none is given here
    message = Message(msgid, params)
    with translation.override("zh-hans"):
        shown = translate(message)
    assert shown not in (msgid, str(message))
    assert all(value in shown for value in params.values())
    with translation.override("en"):
        assert translate(message) == str(message)


def test_every_preset_is_translated():
    rows = presets.preset_values().values()
    texts = {row[name] for row in rows for name in ("name", "comment")} - {"640×360"}
    with translation.override("zh-hans"):
        assert {text for text in texts if translation.gettext(text) == text} == set()


def test_nested_messages_are_translated_too():
    with pytest.raises(VideoError) as caught:
        timepoints.parse("soon")
    turned = _(
        "Pictures will be %(how)s, as the file specifies.",
        how=_("mirrored and rotated %(degrees)s° clockwise", degrees=90),
    )
    with translation.override("zh-hans"):
        assert translate(caught.value.message).startswith("“soon”不是时间点。请写明时间的单位：")
        assert translate(turned) == "按照文件要求，图片将镜像并顺时针旋转 90°。"


def test_what_no_catalogue_has_stays_as_it_is():
    with translation.override("zh-hans"):
        assert translate(Message("Something quite new, 100%.")) == "Something quite new, 100%."
        assert translate(Message("")) == ""


def test_each_problem_of_an_invalid_request_is_translated():
    problems = [
        FieldProblem("quality", "out_of_range", _("Use a quality from 1 to 100.")),
        FieldProblem("name", "too_long", _("Use at most %(max)s characters.", max=64)),
    ]
    with translation.override("zh-hans"):
        assert translate(Invalid(problems).message) == "质量为 1 到 100。 最多 64 个字符。"
        conflict = Conflict("x", _("This event is being sent right now."))
        assert translate(conflict.message) == "此事件通知正在发送。"


def test_a_lazy_translation_is_in_the_language_of_its_use():
    lazy = translate_lazy(_("Use one of: %(choices)s.", choices="exact, keyframe"))
    assert str(lazy) == "Use one of: exact, keyframe."
    with translation.override("zh-hans"):
        assert str(lazy) == "请使用以下之一：exact, keyframe。"
