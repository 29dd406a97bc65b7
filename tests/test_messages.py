"""Messages: English by `str`, JSON and back, and what is refused from a child process."""

import json

import pytest

from snapshots.errors import Conflict, FieldProblem, Invalid
from snapshots.messages import MAX_CHARS, Message, joined
from snapshots.messages import message as _
from snapshots.video import timepoints
from snapshots.video.errors import VideoError

NESTED = _(
    "“%(word)s” is not a time point. %(hint)s",
    word="soon",
    hint=_("Write a time with its unit, such as 3.5s, f120 or 10%."),
)


def test_english_is_the_id_with_its_parameters():
    assert str(_("The file is empty.")) == "The file is empty."
    assert str(_("Use 10% or %s.")) == "Use 10% or %s."  # without parameters nothing is formatted
    assert str(_("%(point)s is not between 0%% and 100%%.", point="110%")) == (
        "110% is not between 0% and 100%."
    )
    assert str(NESTED) == (
        "“soon” is not a time point. Write a time with its unit, such as 3.5s, f120 or 10%."
    )


def test_an_empty_message_is_false():
    assert not Message("")
    assert Message("x")


@pytest.mark.parametrize("sent", [_("x"), NESTED, _("%(a)s %(b)s", a=1, b=2.5)])
def test_json_restores_the_message_and_its_types(sent):
    assert Message.from_json(json.loads(json.dumps(sent.to_json()))) == sent
    assert Message.of(sent.id, json.loads(json.dumps(sent.params_json()))) == sent


def test_json_form():
    assert _("Use %(a)s.", a=_("%(n)s pixels", n=3)).to_json() == {
        "id": "Use %(a)s.",
        "params": {"a": {"id": "%(n)s pixels", "params": {"n": 3}}},
    }


def test_several_messages_are_one():
    assert joined([NESTED]) is NESTED
    assert str(joined([_("One."), _("Use %(n)s.", n=2), NESTED])) == f"One. Use 2. {NESTED}"


def test_errors_are_strings_in_english():
    problems = [
        FieldProblem("quality", "out_of_range", _("Use a quality from 1 to 100.")),
        FieldProblem("name", "too_long", _("Use at most %(max)s characters.", max=64)),
    ]
    assert str(Invalid(problems)) == "Use a quality from 1 to 100. Use at most 64 characters."
    assert str(Conflict("x", _("This event is being sent right now."))) == (
        "This event is being sent right now."
    )
    with pytest.raises(VideoError) as caught:
        timepoints.parse("3")
    assert str(caught.value) == "invalid_time_point: 3 has no unit: write 3s or 3ms."


@pytest.mark.parametrize("sound", [_("x"), NESTED, _("100% of it"), _("%(a)s%%", a=1)])
def test_our_own_messages_are_sound(sound):
    assert sound.is_sound()


@pytest.mark.parametrize(
    "hostile",
    [
        Message.from_json({"id": 7, "params": {}}),
        Message.from_json({"id": "%(a)s", "params": {"a": None}}),
        Message.from_json({"id": "%(a)s", "params": {"a": ["x"]}}),
        Message("%(b)s", {"a": 1}),
        Message("%(a)999999999s", {"a": 1}),
        Message("%(a)s %d", {"a": 1}),
        Message("%(a)s", {"a": Message("%(b)s %(c)s", {"b": 1})}),
        Message("x" * (MAX_CHARS + 1)),
        Message("%(a)s" * 1000, {"a": "x" * 10}),
        Message("%(a)s" * 100, {"a": Message("%(b)s" * 100, {"b": "x"})}),
    ],
)
def test_what_cannot_be_rendered_or_is_long_is_not_sound(hostile):
    assert not hostile.is_sound()
