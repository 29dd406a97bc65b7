"""The site with an additional empty view, for comparison."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediahub.settings")
application = get_wsgi_application()

from mediahub import urls  # noqa: E402  needs the applications to be loaded


def empty(_: HttpRequest) -> HttpResponse:
    return HttpResponse()


urls.urlpatterns.append(path("empty/", empty))
