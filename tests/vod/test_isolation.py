"""VOD words have one home: no module outside `vod` names an action of the dialect."""

from __future__ import annotations

import re
from pathlib import Path

from snapshots import vod
from snapshots.vod import current, legacy

HOME = Path(vod.__file__).parent


def test_no_module_outside_vod_names_an_action() -> None:
    names = {action.name for action in (*current.ACTIONS, *legacy.ACTIONS)}
    assert len(names) > 30
    action = re.compile(rf"\b({'|'.join(names)})\b")
    elsewhere = [path for path in HOME.parent.rglob("*.py") if HOME not in path.parents]
    assert len(elsewhere) > 100
    found = {str(path): action.findall(path.read_text()) for path in elsewhere}
    assert {path: words for path, words in found.items() if words} == {}
