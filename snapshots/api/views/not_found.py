"""JSON 404 for unknown API paths."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import resolve, reverse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Unknown(APIView):
    """404 as a problem, or a redirect where only the trailing slash is missing."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        path = request.path_info
        if not path.endswith("/") and resolve(f"{path}/").url_name != "unknown":
            return HttpResponsePermanentRedirect(
                request.get_full_path(force_append_slash=True), preserve_request=True
            )
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404

    def get(self, request: Request, rest: str = "") -> Response:
        raise Http404


class Root(Unknown):
    """The API's root, which redirects to the documentation."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(reverse("api:docs"))
        return super().dispatch(request, *args, **kwargs)
