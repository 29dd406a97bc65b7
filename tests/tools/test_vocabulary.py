"""The vocabulary check sees the banned words where a name is defined, and only there."""

import ast

import pytest

from tools.vocabulary import banned_words, defined_names


@pytest.mark.parametrize(
    ("name", "banned"),
    [
        ("most_bytes", {"most"}),
        ("_MOST_MB", {"most"}),
        ("SnapshotWish", {"wish"}),
        ("refuse_size", {"refuse"}),
        ("test_a_media_fails", {"a media"}),
        ("test_all_of_a_media", {"a media"}),
        ("extra_media", set()),
        ("mostly", set()),
        ("at_most_16_events", set()),
        ("string", set()),
        ("order_by", set()),
        ("HTTPServer", set()),
    ],
)
def test_a_name_is_read_word_by_word(name, banned):
    assert banned_words(name) == banned


def test_what_is_defined_counts_and_what_is_used_does_not():
    source = """
def told(wish, *, lane=1):
    ring = door.most_common()
    self.kept = ring
    import loose as jail
class Shot: ...
"""
    names = {name for _, name in defined_names(ast.parse(source))}
    assert names == {"told", "wish", "lane", "ring", "kept", "jail", "Shot"}
