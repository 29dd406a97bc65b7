"""The language of a page: the one selected in its header, else the browser's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware


class ReadersLanguage(LocaleMiddleware):
    """As Django's, but only pages and errors vary by language: caches may store all else."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        if kind.startswith(("text/html", "application/problem+json")):
            return super().process_response(request, response)
        return response
