"""The documentation page, with which the API can be tried."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

_SETTINGS = {"deepLinking": True, "defaultModelsExpandDepth": 0}  # with the schemas collapsed


class Docs(SpectacularSwaggerSplitView):
    url_name = "api:schema"
    template_name = "api/docs.html"  # its own has styles in the page

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        if "settings" in response.data:
            response.data["settings"] = json.dumps(_SETTINGS)
        return response
