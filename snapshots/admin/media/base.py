"""The base class of the mixins that add pages to the media admin."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from ...models import Media
from ..ui.generics import ModelAdmin


class MediaPages(ModelAdmin[Media]):
    """A part of the media admin that has URLs and views of its own."""

    def media_or_404(self, request: HttpRequest, pk: int) -> Media:
        media = self.get_object(request, str(pk))
        if media is None:
            raise Http404
        return media
