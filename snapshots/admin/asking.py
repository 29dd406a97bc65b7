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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..errors import DomainError, Invalid
from ..models import Media, Task
from ..services import tasks
from .forms import MAX_MEDIA, AskForm, CoverForm, SnapshotsForm, keys_of, too_many
from .guards import add_problems, may, require

_REASONS_SHOWN = 10


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
    *, media: Sequence[Media], user: AbstractBaseUser, wishes: dict[str, list[Any]]
) -> Outcome:
    """A task for each media that takes one. Raises `Invalid`, with nothing submitted."""
    outcome = Outcome()
    for row in media:
        try:
            task = tasks.submit(media=row, door=Task.Door.CONSOLE, user=user, **wishes)
            outcome.tasks.append(task)
        except Invalid as error:
            if not outcome.tasks and not outcome.refused:
                raise
            outcome.refused.append((row, error.message))
        except DomainError as error:
            outcome.refused.append((row, error.message))
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
        keys = ",".join(map(str, chosen))
        return self._page(request, ask, self._form(request, ask, keys), keys)

    def _ask(self, request: HttpRequest, ask: Ask) -> HttpResponse:
        require(request, *ask.needs)
        if request.method != "POST":
            keys = request.GET.get("media", "")
            return self._page(request, ask, self._form(request, ask, keys), keys)
        form = ask.form(request.POST, covers_allowed=may(request, "change_media"))
        if form.is_valid():
            try:
                return self._submit(request, form)
            except Invalid as error:
                add_problems(form, error, elsewhere="at")
        return self._page(request, ask, form, request.POST.get("media", ""))

    def _form(self, request: HttpRequest, ask: Ask, keys: str) -> AskForm:
        return ask.form(initial={"media": keys}, covers_allowed=may(request, "change_media"))

    def _submit(self, request: HttpRequest, form: AskForm) -> HttpResponse:
        media = form.cleaned_data["media"]
        outcome = submit_each(media=media, user=request.user, wishes=form.wishes())
        level, text = summary(outcome)
        messages.add_message(request, level, text)
        return HttpResponseRedirect(_next_page(request, media, outcome))

    def _page(self, request: HttpRequest, ask: Ask, form: AskForm, keys: str) -> HttpResponse:
        fields = [name for name in form.fields if name != "media"]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": ask.title,
            "lead": _chosen(keys),
            "form": form,
            "fieldset_form": AdminForm(form, [(None, {"fields": fields})], {}),
            "form_url": ask.url,
            "button": ask.button,
            "media": form.media,
        }
        return TemplateResponse(request, "admin/snapshots/form_page.html", context)


def summary(outcome: Outcome) -> tuple[int, str]:
    """One message for all: how many were submitted, and who was left out for what reason."""
    done, refused = len(outcome.tasks), outcome.refused
    words = [ngettext("%d task submitted.", "%d tasks submitted.", done) % done]
    if not refused:
        return messages.SUCCESS, words[0]
    left_out = ngettext("%d media left out:", "%d media left out:", len(refused))
    words.append(left_out % len(refused))
    words += [f"{media}: {reason}" for media, reason in refused[:_REASONS_SHOWN]]
    if more := len(refused) - _REASONS_SHOWN:
        words += [ngettext("… and %d more.", "… and %d more.", more) % more] if more > 0 else []
    return (messages.WARNING if done else messages.ERROR), " ".join(words)


def _chosen(keys: str) -> str:
    """What the form is about to work on, in words."""
    chosen = keys_of(keys)
    count = len(chosen)
    if count == 1:
        name = Media.objects.filter(pk=chosen[0]).values_list("name", flat=True).first()
        return name or _("This media is gone.")
    return ngettext("For %d media.", "For %d media.", count) % count


def _next_page(request: HttpRequest, media: Sequence[Media], outcome: Outcome) -> str:
    """The task where there is one; else the media it was about, or the list of them."""
    if len(media) == 1 and outcome.tasks and may(request, "view_task"):
        return reverse("admin:snapshots_task_change", args=[outcome.tasks[0].pk])
    if len(media) == 1:
        return reverse("admin:snapshots_media_change", args=[media[0].pk])
    return reverse("admin:snapshots_media_changelist")
