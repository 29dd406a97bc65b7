"""Detects decimal commas in time points."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

# A bare number is no time point, so neither form can be meant as two of them.
_SECONDS = re.compile(r"(?<![\w.:])([0-9]+)[,，]([0-9]+\s?(?:ms|s|%)?)(?![\w.:%])", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\w.])((?:[0-9]+:)+[0-9]+)[,，]([0-9]+)(?![\w.:%]|\s?(?:ms|s|%))")


def decimal_comma(text: str) -> tuple[str, str] | None:
    """A number with a decimal comma, and the same with a dot; `None` if there is none."""
    found = _SECONDS.search(text) or _CLOCK.search(text)
    return (found[0], f"{found[1]}.{found[2]}") if found else None


def decimal_comma_error(text: str, *, several: bool) -> str:
    """The error message for a decimal comma; empty if there is none."""
    found = decimal_comma(text)
    if found is None:
        return ""
    written, better = found
    if several:
        words = _(
            "In %(written)s the comma separates two time points. Write decimals with a dot "
            "(%(better)s), and each point with its unit."
        )
    else:
        words = _("Write decimals with a dot: %(better)s instead of %(written)s.")
    return words % {"written": written, "better": better}
