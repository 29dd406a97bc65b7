"""Take snapshots… and Set cover at…: from a form to tasks, one a media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from ...errors import DomainError, Invalid
from ...models import Media, Task
from ...services.tasks import submission
from ...translation import translate
from ..ui.forms import MAX_MEDIA, AskForm, CoverForm, SnapshotsForm, keys_of, too_many
from ..ui.permissions import add_problems, may, require
from .selection import Chosen, left_out

_LONGEST_QUERY = 1000  # characters that an address may well have


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of request: its form, its words, and what it needs."""

    name: str
    form: type[AskForm]
    title: str | Promise
    button: str | Promise
    needs: tuple[str, ...]

    @property
    def url(self) -> str:
        return reverse(f"admin:snapshots_media_{self.name}")


SNAPSHOTS = Ask(
    "take_snapshots",
    SnapshotsForm,
    gettext_lazy("Take snapshots"),
    gettext_lazy("Take snapshots"),
    ("view_media", "add_task"),
)
COVER = Ask(
    "set_cover_at",
    CoverForm,
    gettext_lazy("Set cover"),
    gettext_lazy("Set cover"),
    ("view_media", "change_media", "add_task"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request over several media."""

    tasks: list[Task] = field(default_factory=list)
    refused: list[tuple[Media, str]] = field(default_factory=list)


def submit_each(
    *, media: Sequence[Media], user: AbstractBaseUser, wishes: dict[str, Any]
) -> Outcome:
    """A task for each media that takes one. Raises `Invalid`, with nothing submitted."""
    outcome = Outcome()
    for row in media:
        try:
            task = submission.submit(
                media=row, interface=Task.Interface.CONSOLE, user=user, **wishes
            )
            outcome.tasks.append(task)
        except Invalid as error:
            if not outcome.tasks and not outcome.refused:
                raise
            outcome.refused.append((row, translate(error.message)))
        except DomainError as error:
            outcome.refused.append((row, translate(error.message)))
    return outcome


class Asking:
    """The actions of the media list, and the page between an action and its tasks."""

    admin_site: admin.AdminSite
    opts: Any

    def asking_urls(self) -> list[URLPattern]:
        return [
            path(
                "take-snapshots/",
                self.admin_site.admin_view(self.take_snapshots_view),
                name="snapshots_media_take_snapshots",
            ),
            path(
                "set-cover/",
                self.admin_site.admin_view(self.set_cover_view),
                name="snapshots_media_set_cover_at",
            ),
        ]

    @admin.action(description=gettext_lazy("Take snapshots…"), permissions=["take_snapshots"])
    def take_snapshots(
        self, request: HttpRequest, queryset: QuerySet[Media]
    ) -> HttpResponse | None:
        return self._begin(request, SNAPSHOTS, queryset)

    @admin.action(description=gettext_lazy("Set cover at…"), permissions=["set_cover_at"])
    def set_cover_at(self, request: HttpRequest, queryset: QuerySet[Media]) -> HttpResponse | None:
        return self._begin(request, COVER, queryset)

    def has_take_snapshots_permission(self, request: HttpRequest) -> bool:
        return may(request, *SNAPSHOTS.needs)

    def has_set_cover_at_permission(self, request: HttpRequest) -> bool:
        return may(request, *COVER.needs)

    def take_snapshots_view(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request, SNAPSHOTS)

    def set_cover_view(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request, COVER)

    def _begin(self, request: HttpRequest, ask: Ask, rows: QuerySet[Media]) -> HttpResponse | None:
        """The empty form for the chosen media; it is sent to a page of its own."""
        chosen = list(rows.order_by("pk").values_list("pk", flat=True))
        if len(chosen) > MAX_MEDIA:
            messages.error(request, too_many(len(chosen)))
            return None
        return self._open(request, ask, chosen)

    def _ask(self, request: HttpRequest, ask: Ask) -> HttpResponse:
        require(request, *ask.needs)
        if request.method != "POST":
            keys = keys_of(request.GET.get("media", ""))
            return self._open(request, ask, keys) or _redirect("changelist")
        form = ask.form(request.POST, covers_allowed=may(request, "change_media"))
        if form.is_valid():
            try:
                return self._submit(request, form)
            except Invalid as error:
                add_problems(form, error, elsewhere="at")
        return self._page(request, ask, form, Chosen.of(keys_of(request.POST.get("media", ""))))

    def _open(self, request: HttpRequest, ask: Ask, keys: list[int]) -> HttpResponse | None:
        """The empty form; where no media can take a task, the reason on the page it is about."""
        chosen = Chosen.of(keys)
        if chosen.takes:
            form = ask.form(
                initial={"media": chosen.keys}, covers_allowed=may(request, "change_media")
            )
            return self._page(request, ask, form, chosen)
        messages.error(request, chosen.refusal)
        return _redirect("change", chosen.only.pk) if chosen.only else None

    def _submit(self, request: HttpRequest, form: AskForm) -> HttpResponse:
        media = form.cleaned_data["media"]
        outcome = submit_each(media=media, user=request.user, wishes=form.wishes())
        level, text = summary(outcome)
        messages.add_message(request, level, text)
        return HttpResponseRedirect(_next_page(request, media, outcome))

    def _page(self, request: HttpRequest, ask: Ask, form: AskForm, chosen: Chosen) -> HttpResponse:
        fields = [name for name in form.fields if name != "media"]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": ask.title,
            "chosen": chosen,
            "form": form,
            "fieldset_form": AdminForm(form, [(None, {"fields": fields})], {}),
            "form_url": _address(ask, chosen.keys),
            "button": ask.button,
            "media": form.media,
        }
        return TemplateResponse(request, "admin/snapshots/form_page.html", context)


def summary(outcome: Outcome) -> tuple[int, str]:
    """One message for all: how many were submitted, and who was left out for what reason."""
    done = len(outcome.tasks)
    submitted = ngettext("%d task submitted.", "%d tasks submitted.", done) % done
    if not outcome.refused:
        return messages.SUCCESS, submitted
    level = messages.WARNING if done else messages.ERROR
    return level, f"{submitted} {left_out(outcome.refused)}"


def _address(ask: Ask, keys: str) -> str:
    """The form's own address, so that a reload asks about the same media; cut off if too long."""
    return f"{ask.url}?media={keys}" if 0 < len(keys) <= _LONGEST_QUERY else ask.url


def _redirect(page: str, *args: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"admin:snapshots_media_{page}", args=args))


def _next_page(request: HttpRequest, media: Sequence[Media], outcome: Outcome) -> str:
    """The task where there is one; else the media it was about, or the list of them."""
    if len(media) == 1 and outcome.tasks and may(request, "view_task"):
        return reverse("admin:snapshots_task_change", args=[outcome.tasks[0].pk])
    if len(media) == 1:
        return reverse("admin:snapshots_media_change", args=[media[0].pk])
    return reverse("admin:snapshots_media_changelist")
