"""Search for media by several criteria at once, in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from ...models import Media, MediaTag, Snapshot
from ...models.library.media import MediaQuerySet
from ..names import normalised
from ..tasks.listing import Span

COUNTED_TO = 5001  # nobody pages beyond 5,000


@dataclass(frozen=True, slots=True)
class MediaPage:
    """One page of media, and the total of matches, counted up to `COUNTED_TO`."""

    media: list[Media]
    total: int


def media(
    *,
    file_ids: Sequence[str] = (),
    names: Sequence[str] = (),
    prefixes: Sequence[str] = (),
    descriptions: Sequence[str] = (),
    tags: Sequence[str] = (),
    created: Span = Span(),  # noqa: B008  frozen
    descending: bool = True,
    offset: int = 0,
    limit: int = 10,
) -> MediaPage:
    """Media that match every criterion given, where any word of a list matches its criterion."""
    names, prefixes, tags = (list(map(normalised, w)) for w in (names, prefixes, tags))
    rows = Media.objects.filter(created.within("created_at"))
    if file_ids:
        rows = rows.filter(file_id__in=file_ids)
    if names:
        rows = rows.filter(_any("name__icontains", names))
    if prefixes:
        rows = rows.filter(_any("name__istartswith", prefixes))
    if descriptions:
        rows = rows.filter(_any("description__icontains", descriptions))
    if tags:
        rows = rows.filter(Exists(MediaTag.objects.filter(media=OuterRef("pk"), name__in=tags)))
    sign = "-" if descending else ""
    ordered = rows.order_by(f"{sign}created_at", f"{sign}pk")
    page = _for_reading(ordered)[offset : offset + limit]
    return MediaPage(list(page), rows.order_by()[:COUNTED_TO].count())


def by_id(*, file_ids: Sequence[str]) -> dict[str, Media]:
    """The existing media with these ids, by id."""
    rows = _for_reading(Media.objects.filter(file_id__in=file_ids))
    return {row.file_id: row for row in rows}


def current_sets(*, media: Iterable[Media]) -> dict[int, dict[int, list[Snapshot]]]:
    """Pictures of the current sets in order, by media key and definition; one query."""
    rows = (
        Snapshot.objects.done()
        .filter(media__in=[row.pk for row in media], is_current=True)
        .order_by("definition", "operation__index", "index")
    )
    sets: dict[int, dict[int, list[Snapshot]]] = {}
    for row in rows:
        sets.setdefault(row.media_id, {}).setdefault(row.definition, []).append(row)
    return sets


def _any(lookup: str, words: Sequence[str]) -> Q:
    condition = Q(pk__in=[])
    for word in words:
        condition |= Q(**{lookup: word})
    return condition


def _for_reading(rows: MediaQuerySet) -> MediaQuerySet:
    return rows.for_reading()
