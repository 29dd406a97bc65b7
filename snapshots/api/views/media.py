"""Media: list, upload, change, delete, cover."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import QueryDict
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import Media, Task
from ...services import covers, presentation
from ...services.library import media as media_service
from ...services.library.tags import TagChange
from ...services.security.accounts import signed_in
from ...services.tasks import pulls
from ...translation import translate
from ..base_view import BaseView, check_length
from ..pagination import page
from ..parsers import JsonParser
from ..query_params import MediaQuery
from ..request_schemas import CoverImage, CoverSnapshot, MediaChanges, NewMedia, NewPull
from ..response_schemas import MediaShape, page_of
from ..schema import describe, example

_FORM_BYTES = 2**20  # allowed for the rest of a multipart body
_IMAGE_BYTES = 64 * 2**20


class MediaList(BaseView):
    model = "media"
    rights = {"GET": "view_media", "POST": "add_media"}
    parser_classes = [MultiPartParser, JsonParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_length(request, settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20 + _FORM_BYTES)
        super().initial(request, *args, **kwargs)

    @describe(
        "media_list", "List media", response=page_of(MediaShape), errors=[400],
        parameters=[MediaQuery],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        query = self.query(MediaQuery)
        rows = Media.objects.for_reading().search(query.pop("search", ""))
        if status := query.pop("status", None):
            rows = rows.filter(status=status)
        return Response(page(request, rows, _shape, **query))

    @describe(
        "media_upload", "Upload a video or give its URL; it is analysed in the background",
        response=MediaShape, status=(201, 202), errors=[400, 413, 415, 422, 429, 507],
        idempotent=True,
        request={"multipart/form-data": NewMedia, "application/json": NewPull},
        examples=example("A URL", {"url": "https://example.com/holiday.mp4"}),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user = signed_in(request.user)
        if isinstance(request.data, QueryDict):  # multipart
            media = media_service.create_from_upload(
                **self.body(NewMedia), user=signed_in(request.user)
            )
            return Response(_shape(media), status=201)
        task = pulls.create(**self.body(NewPull), interface=Task.Interface.REST, user=user)
        return Response(_shape(media_service.get(file_id=task.file_id)), status=202)


class MediaDetail(BaseView):
    model = "media"
    rights = {"GET": "view_media", "PATCH": "change_media", "DELETE": "delete_media"}

    @describe("media_get", "Get a media item", response=MediaShape, errors=[404])
    def get(self, request: Request, file_id: str) -> Response:
        return Response(_shape(media_service.get(file_id=file_id)))

    @describe(
        "media_update", "Change name, description or tags", response=MediaShape,
        errors=[400, 404, 413, 415], request=MediaChanges,
        examples=example("A name and tags", {"name": "Holiday", "tags": ["sea", "summer"]}),
    )  # fmt: skip
    def patch(self, request: Request, file_id: str) -> Response:
        changes = self.body(MediaChanges)
        if "tags" in changes:
            changes["tags"] = TagChange(add=changes["tags"], clears=True)
        media_service.update(media=media_service.get(file_id=file_id), **changes)
        return Response(_shape(media_service.get(file_id=file_id)))

    @describe(
        "media_delete", "Delete a media item with its snapshots and files", status=204, errors=[404]
    )
    def delete(self, request: Request, file_id: str) -> Response:
        media_service.delete(media=media_service.get(file_id=file_id))
        return Response(status=204)


class MediaCover(BaseView):
    model = "media"
    rights = {"PUT": "change_media", "DELETE": "change_media"}
    parser_classes = [JsonParser, MultiPartParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_length(request, _IMAGE_BYTES)
        super().initial(request, *args, **kwargs)

    @describe(
        "media_cover_set", "Set the cover: a snapshot of this media item, or an image",
        response=MediaShape, errors=[400, 404, 413, 415, 422, 507],
        request={"application/json": CoverSnapshot, "multipart/form-data": CoverImage},
        examples=example("A snapshot of this media item", {"snapshot": 1}),
    )  # fmt: skip
    def put(self, request: Request, file_id: str) -> Response:
        media, user = media_service.get(file_id=file_id), request.user.get_username()
        if isinstance(request.data, QueryDict):  # multipart
            image = self.body(CoverImage)["image"]
            covers.set_image(media=media, path=image.temporary_file_path(), user=user)
        else:
            covers.set_snapshot(media=media, user=user, **self.body(CoverSnapshot))
        return Response(_shape(media_service.get(file_id=file_id)))

    @describe("media_cover_remove", "Remove the cover", status=204, errors=[404])
    def delete(self, request: Request, file_id: str) -> Response:
        covers.remove(media=media_service.get(file_id=file_id), for_good=True)
        return Response(status=204)


def _shape(row: Media) -> dict[str, Any]:
    """The media item, with its error in the reader's language."""
    return presentation.media(row, as_text=translate)
