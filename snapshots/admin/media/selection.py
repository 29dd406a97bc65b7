"""The media that a request is about to be made of, and which of them can take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...errors import DomainError
from ...models import Media
from ...services.tasks.specs import require_ready
from ...translation import translate
from ..ui.forms import MAX_MEDIA

_REASONS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Chosen:
    """`takes` can be worked on, `refused` cannot and say why; what is gone is in neither."""

    takes: list[Media]
    refused: list[tuple[Media, str]]
    are_named: bool

    @classmethod
    def of(cls, keys: list[int]) -> Chosen:
        rows = (
            Media.objects.filter(pk__in=keys[:MAX_MEDIA])
            .defer("frame_index", "probe")
            .order_by("pk")
        )
        chosen = cls([], [], bool(keys))
        for media in rows:
            try:
                require_ready(media)
                chosen.takes.append(media)
            except DomainError as error:
                chosen.refused.append((media, translate(error.message)))
        return chosen

    @property
    def keys(self) -> str:
        """As the form's field carries them; a refused one is asked again when it is sent."""
        rows = [*self.takes, *(media for media, _reason in self.refused)]
        return ",".join(str(media.pk) for media in sorted(rows, key=lambda media: media.pk))

    @property
    def only(self) -> Media | None:
        """The media where it is just one."""
        rows = [*self.takes, *(media for media, _reason in self.refused)]
        return rows[0] if len(rows) == 1 else None

    @property
    def lead(self) -> str:
        """What the form is about, in words."""
        named = self.takes[0] if len(self.takes) == 1 else self.only
        if named:
            return str(named)
        count = len(self.takes)
        if not count:
            return ""
        return ngettext("For %d media.", "For %d media.", count) % count

    @property
    def left_out(self) -> str:
        return left_out(self.refused) if self.refused else ""

    @property
    def refusal(self) -> str:
        """Why there is nothing to ask for."""
        if self.only:
            return self.refused[0][1]
        if self.refused:
            return left_out(self.refused)
        if self.are_named:
            return _("There is no such media any more. Choose another one.")
        return _("Choose the media first: tick them in this list, then choose the action.")


def left_out(refused: Sequence[tuple[Media, str]]) -> str:
    """Who is left out and why, the first few by name."""
    count = len(refused)
    words = [ngettext("%d media left out:", "%d media left out:", count) % count]
    words += [f"{media}: {reason}" for media, reason in refused[:_REASONS_SHOWN]]
    if (more := count - _REASONS_SHOWN) > 0:
        words.append(ngettext("… and %d more.", "… and %d more.", more) % more)
    return " ".join(words)
