"""The event admin: payload and deliveries; pushed events can be resent."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ...errors import DomainError
from ...models import Delivery, Event
from ...services.events import deliveries
from ...translation import translate
from ..ui import formatting
from ..ui.generics import ModelAdmin, TabularInline
from ..ui.paginator import LongPaginator
from ..ui.permissions import ReadOnly, may, require, show_error


class DeliveryInline(ReadOnly, TabularInline[Delivery, Event]):
    model = Delivery
    fields = ("attempt", "url", "status_code", "error_code", "duration_ms", "created_at")
    readonly_fields = fields
    extra = 0


class ByDelivery(admin.SimpleListFilter):
    """Pushed events by delivery state."""

    title = _("delivery")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", gettext("To be sent")),
            ("delivered", gettext("Delivered")),
            ("given_up", gettext("Given up")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        condition = {
            "waiting": Q(due_at__isnull=False),
            "delivered": Q(delivered_at__isnull=False),
            "given_up": Q(given_up_at__isnull=False),
        }.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


@admin.register(Event)
class EventAdmin(ReadOnly, ModelAdmin[Event]):
    change_form_template = "admin/snapshots/event/change_form.html"
    actions = ("resend",)
    fields = ("kind", "subject", "sequence", "mode", "state", "next_try", "created_at", "frozen")
    inlines = (DeliveryInline,)
    list_display = ("kind", "subject", "sequence", "mode", "state", "next_try", "created_at")
    list_filter = ("kind", "mode", ByDelivery)
    list_per_page = 50
    search_fields = ("=subject",)
    search_help_text = _("A whole task ID or file ID.")
    paginator = LongPaginator
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.resend_view)
        mine = path("<int:pk>/resend/", view, name="snapshots_event_resend")
        return [mine, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        match = request.resolver_match
        rows = super().get_queryset(request)
        is_list = match is not None and match.url_name == "snapshots_event_changelist"
        return rows.defer("payload") if is_list else rows

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return may(request, "view_event", "change_event")

    @admin.display(description=_("Payload"))
    def frozen(self, row: Event) -> str:
        text = json.dumps(row.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="mh-payload">{}</pre>', text)

    @admin.display(description=_("State"))
    def state(self, row: Event) -> SafeString:
        return state_of(row)

    @admin.display(description=_("Next try"), ordering="due_at")
    def next_try(self, row: Event) -> str:
        return formatting.moment(row.due_at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        is_pushed = kwargs["obj"].mode == Event.Mode.PUSH
        context["may_resend"] = is_pushed and self.has_resend_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def resend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request, "view_event", "change_event")
        event = self.get_object(request, str(pk))
        if event is None:
            raise Http404
        try:
            deliveries.resend(event=event)
            self.log_change(request, event, gettext("Sent again."))
            messages.success(request, gettext("The event is sent again."))
        except DomainError as error:
            show_error(request, error)
        return HttpResponseRedirect(reverse("admin:snapshots_event_change", args=[pk]))

    @admin.action(description=_("Resend"), permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Resend what can be; show each reason of the others once."""
        sent, reasons = 0, dict[str, None]()
        for event in queryset.order_by("pk"):
            try:
                deliveries.resend(event=event)
                sent += 1
            except DomainError as error:
                reasons[translate(error.message)] = None
        if sent:
            text = ngettext("%d event is sent again.", "%d events are sent again.", sent)
            messages.success(request, text % sent)
        for reason in reasons:
            messages.error(request, reason)


def state_of(row: Event) -> SafeString:
    """The delivery state of an event, pushed or pulled."""
    if row.mode == Event.Mode.PUSH:
        return _state_of_pushed(row)
    if row.confirmed_at:
        return formatting.badge("ready", gettext("Confirmed"))
    return formatting.badge("waiting", gettext("To be pulled"))


def _state_of_pushed(row: Event) -> SafeString:
    if row.delivered_at:
        return formatting.badge("ready", gettext("Delivered"))
    if row.given_up_at:
        return formatting.badge("failed", gettext("Given up"))
    if row.sending_until and row.sending_until > timezone.now():
        return formatting.badge("processing", gettext("Being sent"))
    if not row.tries:
        return formatting.badge("waiting", gettext("To be sent"))
    text = ngettext("%d try failed", "%d tries failed", row.tries)
    return formatting.badge("partial", text % row.tries)
