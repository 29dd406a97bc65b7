"""Write the compatibility tables of docs/vod-api.md from the VOD schemas."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOC = ROOT / "docs" / "vod-api.md"
START, END = "<!-- tables -->\n", "<!-- end of tables -->"


def main() -> None:
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from snapshots.vod.compatibility import tables

    text = DOC.read_text("utf-8")
    head, rest = text.split(START)
    DOC.write_text(f"{head}{START}\n{tables()}\n\n{END}{rest.split(END)[1]}", "utf-8")


if __name__ == "__main__":
    main()
