"""Media: the list with its actions, and the page of one."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ...models import Media, Snapshot, Task
from ...services import covers, presentation
from ...services.library import media as media_service
from ...services.security import signed_urls
from ...storage import picture_url
from ...translation import translate
from ..tasks import status
from ..tasks.admin import operations_summary
from ..ui import formatting, galleries, pull_progress
from ..ui.filters import ByCodec, BySourceType
from ..ui.forms import MediaForm
from ..ui.paginator import LongPaginator
from ..ui.permissions import may
from . import details, picker
from .bulk_actions import COVER, SNAPSHOTS, Asking
from .cover_views import Covering
from .uploads import Uploading

_TASKS_SHOWN = 20
_PLAYER_LANGUAGES = {"zh-hans": "zh-CN"}  # as its own labels call them


@admin.register(Media)
class MediaAdmin(Asking, Covering, picker.Picking, Uploading, admin.ModelAdmin):  # type: ignore[type-arg]
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
            *self.asking_urls(),
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
            count = format_html(link, _list_of("snapshot", row), row.picture_count)
        return format_html("{} <br>{}", count, formatting.button(picker.url(row), _("Pick frames")))

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
            cover=_cover(media),
            before=_before(media) if may(request, "change_media") else None,
            source=signed_urls.path(file_id=media.file_id),
            player_language=_PLAYER_LANGUAGES.get(get_language() or "", "en"),
            pictures=galleries.of_media(media),
            tasks=_tasks(media) if may(request, "view_task") else [],
            may_change=may(request, "change_media"),
            picker_url=picker.url(media),
            take_snapshots_url=_asking(request, SNAPSHOTS, media),
            set_cover_url=_asking(request, COVER, media),
            file_url=_file_url(media),
            all_pictures_url=_list_of("snapshot", media),
            all_tasks_url=_list_of("task", media),
            show_save_and_continue=False,
            show_save_and_add_another=False,
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Media, form: Any, change: bool) -> None:
        """Saved already: the form was valid because the service took it."""

    # --- Deleting ---

    def get_deleted_objects(
        self, objs: Iterable[Media], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes with the media, counted and not listed: it can be thousands of pictures."""
        names = [str(media) for media in objs]
        keys = [media.pk for media in objs]
        pictures = Snapshot.objects.done().filter(media__in=keys).count()
        return names, {_("media"): len(names), _("snapshots"): pictures}, set(), []

    def delete_model(self, request: HttpRequest, obj: Media) -> None:
        _delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Media]) -> None:
        for media in queryset:
            _delete(media)


def _delete(media: Media) -> None:
    try:
        media_service.delete(media=media)
    except Media.DoesNotExist:
        return  # somebody was faster, and it is gone as wished


def _picture_count() -> Any:
    """How many pictures a media has, counted for the rows that are shown and no others."""
    mine = Snapshot.objects.done().filter(media=OuterRef("pk")).order_by()
    counted = mine.values("media").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _list_of(model: str, media: Media) -> str:
    return reverse(f"admin:snapshots_{model}_changelist") + f"?media={media.file_id}"


def _asking(request: HttpRequest, ask: Any, media: Media) -> str:
    """Where to ask for more of this media; nothing where the answer would be no."""
    possible = may(request, *ask.needs) and media.status == Media.Status.READY
    return f"{ask.url}?media={media.pk}" if possible else ""


def _file_url(media: Media) -> str:
    """Where its source is; empty where it never came."""
    has_come = media.source_type != Media.SourceType.URL or media.source
    return f"/api/v1/media/{media.file_id}/file/" if has_come else ""


def _cover(media: Media) -> dict[str, Any] | None:
    shape = presentation.cover(media)
    if shape is None:
        return None
    return {
        "url": shape["url"],
        "snapshot": shape["snapshot"],
        "story": details.cover_story(media, shape),
    }


def _before(media: Media) -> dict[str, Any] | None:
    """What undoing the last change of the cover would bring back."""
    change = covers.last_change(media=media)
    if change is None:
        return None
    return {"change": change.pk, "url": picture_url(change.shown) if change.shown else ""}


def _tasks(media: Media) -> list[dict[str, Any]]:
    rows = status.with_failures(Task.objects.filter(media=media))[:_TASKS_SHOWN]
    return [
        {
            "row": row,
            "summary": operations_summary(row),
            "badge": status.of(row).badge,
            "progress": formatting.progress(row.progress),
        }
        for row in rows
    ]
