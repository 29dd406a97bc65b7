"""Every address that the site answers at, from its own URL configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

_PART = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One pattern: its route as written, and the names of its parts."""

    route: str
    parts: tuple[str, ...]

    def path(self, values: Mapping[str, Any]) -> str:
        """With `values` in place of its parts."""
        return "/" + _PART.sub(lambda part: str(values[part[1]]), self.route)


def routes() -> list[Route]:
    """All of them; what a regular expression catches is its empty rest."""
    found = [Route(text, tuple(_PART.findall(text))) for text in _walk(get_resolver(), "")]
    return list(dict.fromkeys(found))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        text = before + _text(entry.pattern)
        if isinstance(entry, URLPattern):
            yield text
        else:
            yield from _walk(entry, text)


def _text(pattern: RoutePattern | RegexPattern | Any) -> str:
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    # The admin's own: ^(?P<app_label>a|b)/$ and ^(?P<url>.*)$; and our interface's rest
    text = str(pattern._regex).removeprefix("^").removesuffix("$").removesuffix("\\Z")
    text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", text)
    return text.replace("\\", "")
