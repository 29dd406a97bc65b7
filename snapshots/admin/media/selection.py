"""The media items selected for a bulk action, and which of them accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...errors import DomainError
from ...models import Media
from ...services.tasks.specs import require_ready
from ...translation import translate

MAX_MEDIA = 1000
_REASONS_SHOWN = 10


def too_many(count: int) -> str:
    words = _("%(count)d media are too many: choose at most %(most)d at once.")
    return words % {"count": count, "most": MAX_MEDIA}


@dataclass(frozen=True, slots=True)
class Selection:
    """`ready` accept a task, `rejected` do not, with the reason; deleted ones are in neither."""

    ready: list[Media]
    rejected: list[tuple[Media, str]]
    are_named: bool

    @classmethod
    def of(cls, keys: list[int]) -> Selection:
        rows = (
            Media.objects.filter(pk__in=keys[:MAX_MEDIA])
            .defer("frame_index", "probe")
            .order_by("pk")
        )
        selection = cls([], [], bool(keys))
        for media in rows:
            try:
                require_ready(media)
                selection.ready.append(media)
            except DomainError as error:
                selection.rejected.append((media, translate(error.message)))
        return selection

    @property
    def keys(self) -> str:
        """As the form's field contains them; rejected ones are checked again on submission."""
        rows = [*self.ready, *(media for media, _reason in self.rejected)]
        return ",".join(str(media.pk) for media in sorted(rows, key=lambda media: media.pk))

    @property
    def only(self) -> Media | None:
        """The media item if there is exactly one."""
        rows = [*self.ready, *(media for media, _reason in self.rejected)]
        return rows[0] if len(rows) == 1 else None

    @property
    def lead(self) -> str:
        """What the form applies to, as text."""
        named = self.ready[0] if len(self.ready) == 1 else self.only
        if named:
            return str(named)
        count = len(self.ready)
        if not count:
            return ""
        return ngettext("For %d media.", "For %d media.", count) % count

    @property
    def left_out(self) -> str:
        return left_out(self.rejected) if self.rejected else ""

    @property
    def problem(self) -> str:
        """Why no media item accepts a task."""
        if self.only:
            return self.rejected[0][1]
        if self.rejected:
            return left_out(self.rejected)
        if self.are_named:
            return _("There is no such media any more. Choose another one.")
        return _("Choose the media first: tick them in this list, then choose the action.")


def left_out(rejected: Sequence[tuple[Media, str]]) -> str:
    """Which media items are left out and why, the first few by name."""
    count = len(rejected)
    words = [ngettext("%d media left out:", "%d media left out:", count) % count]
    words += [f"{media}: {reason}" for media, reason in rejected[:_REASONS_SHOWN]]
    if (more := count - _REASONS_SHOWN) > 0:
        words.append(ngettext("… and %d more.", "… and %d more.", more) % more)
    return " ".join(words)
