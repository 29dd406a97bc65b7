"""The page to read about the API and to try it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

_SETTINGS = {"deepLinking": True, "defaultModelsExpandDepth": 0}  # the schemas folded up


class Docs(SpectacularSwaggerSplitView):
    url_name = "api:schema"
    template_name = "api/docs.html"  # its own has styles in the page

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().get(request, *args, **kwargs)
        if "settings" in answer.data:
            answer.data["settings"] = self._dump(_SETTINGS)
        return answer
