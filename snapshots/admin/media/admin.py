"""The media admin: the list with its actions, and the page of a media item."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ...models import Media, Snapshot
from ...services import presentation
from ...services.library import media as media_service
from ...services.security import signed_urls
from ...translation import translate
from ..ui import formatting, galleries, pull_progress
from ..ui.filters import ByCodec, BySourceType
from ..ui.paginator import LongPaginator
from ..ui.permissions import may
from . import details, page, picker
from .bulk_actions import COVER, SNAPSHOTS, BulkActionPages
from .cover_views import CoverPages
from .forms import MediaForm
from .picker import PickerPages
from .uploads import UploadPages

_PLAYER_LANGUAGES = {"zh-hans": "zh-CN"}  # codes of media-chrome


@admin.register(Media)
class MediaAdmin(BulkActionPages, CoverPages, PickerPages, UploadPages):
    form = MediaForm
    actions = ("take_snapshots", "set_cover_at")
    list_display = (
        "cover", "named", "duration", "displayed_size", "codec_name", "state", "pictures",
        "created_at",
    )  # fmt: skip
    list_display_links = ("named",)
    list_filter = ("status", ByCodec, ("source_type", BySourceType))
    list_per_page = 50
    search_fields = ("name",)
    search_help_text = _("Part of a name, or a whole file ID or tag.")
    paginator = LongPaginator
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        return [
            *self.bulk_urls(),
            *self.cover_urls(),
            *self.picker_urls(),
            *self.upload_urls(),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Media]:
        rows = Media.objects.select_related("cover_snapshot").defer("frame_index")
        return rows.annotate(picture_count=_picture_count())

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Media], bool]:
        return queryset.search(search_term), False

    # --- The list ---

    @admin.display(description=_("Cover"))
    def cover(self, row: Media) -> str:
        cover = presentation.cover(row)
        return formatting.thumbnail(cover["url"], "") if cover else formatting.no_thumbnail()

    @admin.display(description=_("Name"), ordering="name")
    def named(self, row: Media) -> str:
        return row.name

    @admin.display(description=_("Duration"), ordering="duration_s")
    def duration(self, row: Media) -> str:
        return formatting.clock(row.duration_s)

    @admin.display(description=_("Displayed size"))
    def displayed_size(self, row: Media) -> str:
        return formatting.dimensions(row.width, row.height)

    @admin.display(description=_("Codec"), ordering="codec")
    def codec_name(self, row: Media) -> str:
        return formatting.codec(row.codec)

    @admin.display(description=_("Status"), ordering="status")
    def state(self, row: Media) -> str:
        return formatting.badge(row.status, row.get_status_display())

    @admin.display(description=_("Snapshots"))
    def pictures(self, row: Any) -> str:
        count: str = "0"
        if row.picture_count:
            link = '<a href="{}">{}</a>'
            count = format_html(link, page.list_of("snapshot", row), row.picture_count)
        return format_html(
            "{} <br>{}", count, formatting.button(picker.url(row), gettext("Pick frames"))
        )

    # --- The page ---

    def get_fields(self, request: HttpRequest, obj: Media | None = None) -> tuple[str, ...]:
        tags = "tags" if self.has_change_permission(request, obj) else "tags_shown"
        return ("name", "description", tags)

    @admin.display(description=_("Tags"))
    def tags_shown(self, row: Media) -> str:
        return ", ".join(row.tags) or formatting.NOTHING

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        media = kwargs["obj"]
        context.update(
            title=media.name,
            subtitle=None,
            facts=details.of(media),
            notes=details.notes(media),
            advice=details.advice(media),
            error=translate(media.error),
            pull=pull_progress.of_media(media),
            may_add=may(request, "add_media"),
            cover=page.cover(media),
            before=page.previous_cover(media) if may(request, "change_media") else None,
            source=signed_urls.path(file_id=media.file_id),
            player_language=_PLAYER_LANGUAGES.get(get_language() or "", "en"),
            pictures=galleries.of_media(media),
            tasks=page.recent_tasks(media) if may(request, "view_task") else [],
            may_change=may(request, "change_media"),
            picker_url=picker.url(media),
            take_snapshots_url=page.bulk_url(request, SNAPSHOTS, media),
            set_cover_url=page.bulk_url(request, COVER, media),
            file_url=page.file_url(media),
            all_pictures_url=page.list_of("snapshot", media),
            all_tasks_url=page.list_of("task", media),
            show_save_and_continue=False,
            show_save_and_add_another=False,
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Media, form: Any, change: bool) -> None:
        """Does nothing: the form is valid only because the service has saved it."""

    # --- Deleting ---

    def get_deleted_objects(
        self, objs: Iterable[Media], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Counts what is deleted too, and lists none of it: it can be thousands of pictures."""
        names = [str(media) for media in objs]
        keys = [media.pk for media in objs]
        pictures = Snapshot.objects.done().filter(media__in=keys).count()
        return names, {gettext("media"): len(names), gettext("snapshots"): pictures}, set(), []

    def delete_model(self, request: HttpRequest, obj: Media) -> None:
        _delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Media]) -> None:
        for media in queryset:
            _delete(media)


def _delete(media: Media) -> None:
    try:
        media_service.delete(media=media)
    except Media.DoesNotExist:
        return  # deleted by someone else just now


def _picture_count() -> Any:
    """The number of pictures, counted only for the rows of the page."""
    mine = Snapshot.objects.done().filter(media=OuterRef("pk")).order_by()
    counted = mine.values("media").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
