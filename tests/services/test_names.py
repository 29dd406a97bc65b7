"""The rule for names and tags."""

import unicodedata

import pytest

from snapshots.errors import Invalid
from snapshots.services import names

FORBIDDEN = [
    "\0", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\u202a",
    "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069",
]  # fmt: skip
UNSEEN = [" ", "\xa0", "\u200b", "\u200d\u200c", "\ufeff", "\u2060", "\u00ad", "\u3164", "\u115f",
          "\uffa0", "\u2800", "\ufe0f", "\u034f", "\u180e", "\U000e0041",
          "\u3000 \u200e"]  # fmt: skip
SEEN = [
    "a",
    "视频",
    "Übersicht",
    "москва",
    "👩\u200d👩\u200d👧",
    "می\u200cخواهم",
    "שלום\u200e",
    "☃️",
    "-",
    "a b",
]


@pytest.mark.parametrize("char", FORBIDDEN, ids=ascii)
@pytest.mark.parametrize("around", ["a{}b", "{}ab", "ab{}"])
def test_a_forbidden_character_is_refused_wherever_it_stands(char, around):
    text = around.format(char)
    with pytest.raises(Invalid) as raised:
        names.given(text)
    assert [(p.field, p.code) for p in raised.value.problems] == [("name", "invalid_name")]
    assert names.problem_of_tag(names.normalised(text))


@pytest.mark.parametrize("char", FORBIDDEN, ids=ascii)
def test_the_name_of_a_file_has_it_replaced(char):
    assert names.of_file(f"a{char}b.mp4") == "a\N{REPLACEMENT CHARACTER}b.mp4"


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_what_nobody_can_see_is_no_name_and_no_tag(text):
    assert names.of_file(text) == ""
    assert names.problem_of_name(text)
    assert names.problem_of_tag(text)


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_scripts_and_emoji_are_names_and_tags(text):
    assert names.given(text) == names.of_file(text) == text
    assert names.problem_of_tag(text) is None


@pytest.mark.parametrize("comma", [",", "，"])
def test_a_comma_is_for_names_only(comma):
    assert names.given(f"a{comma}b") == f"a{comma}b"
    assert "comma" in str(names.problem_of_tag(f"a{comma}b"))


def test_names_are_stored_composed_and_without_space_around_them():
    decomposed = unicodedata.normalize("NFD", " Übersicht é ")
    assert names.given(decomposed) == names.of_file(decomposed) == "Übersicht é"


def test_a_long_name_is_cut_after_it_was_composed():
    assert names.of_file("e\N{COMBINING ACUTE ACCENT}" * 300) == "é" * 255
