"""In which language a page is: as chosen in the header, else as the browser asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware


class ReadersLanguage(LocaleMiddleware):
    """As Django's, but pictures, videos and data carry no language and may be kept by caches."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        if kind.startswith(("text/html", "application/problem+json")):
            return super().process_response(request, response)
        return response
