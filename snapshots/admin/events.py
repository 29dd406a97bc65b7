"""Events: what was told, and every try to tell it."""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Delivery, Event
from .guards import ReadOnly


class DeliveryInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Delivery
    fields = ("attempt", "url", "status_code", "error_code", "duration_ms", "created_at")
    readonly_fields = fields
    extra = 0


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    change_form_template = "admin/snapshots/read_only.html"
    fields = ("kind", "subject", "sequence", "mode", "created_at", "frozen")
    inlines = (DeliveryInline,)
    list_display = ("kind", "subject", "sequence", "mode", "created_at")
    list_filter = ("kind", "mode")
    list_per_page = 50
    search_fields = ("=subject",)
    search_help_text = _("A whole task ID or file ID.")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        match = request.resolver_match
        rows = super().get_queryset(request)
        is_list = match is not None and match.url_name == "snapshots_event_changelist"
        return rows.defer("payload") if is_list else rows

    @admin.display(description=_("Payload"))
    def frozen(self, row: Event) -> str:
        text = json.dumps(row.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="mh-payload">{}</pre>', text)
