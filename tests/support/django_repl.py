"""`python -m tests.support.django_repl`: a process that runs given code in a site.

A command of its own for each question would load Django each time. A line in is Python as a JSON
string; a line out is JSON: `said`, what it printed, and `error`, its traceback or nothing.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
from contextlib import redirect_stdout

import django


def main() -> None:
    django.setup()
    from django.db import connections  # settings are there only now

    for line in sys.stdin:
        said, error = io.StringIO(), ""
        try:
            with redirect_stdout(said):
                exec(json.loads(line), {})
        except Exception:  # noqa: BLE001  it goes to the test
            error = traceback.format_exc()
        connections.close_all()
        sys.stdout.write(json.dumps({"said": said.getvalue(), "error": error}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
