"""The peers that are Python libraries, used as their own guides use them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import av
from PIL import Image

from ..measure import PictureJob

_QUALITY = 90


def prepared(name: str, job: PictureJob) -> Callable[[], None]:
    """The peer of that name with its library loaded, ready to be run once."""
    if name == "pyav":
        return lambda: pyav(job)
    from moviepy import VideoFileClip

    def clip(moments: tuple[float, ...], first: int) -> None:
        with VideoFileClip(job.path, audio=False) as opened:
            for number, moment in enumerate(moments, first):
                image = Image.fromarray(opened.get_frame(moment))
                image.save(job.picture(number), quality=_QUALITY)

    def clips() -> None:
        for number, moment in enumerate(job.moments):
            clip((moment,), number)

    return clips if name == "moviepy, a clip a point" else lambda: clip(job.moments, 0)


def pyav(job: PictureJob) -> None:
    """For each point: seek, decode until its time has come, convert, save."""
    with av.open(job.path) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1)
        for number, moment in enumerate(job.moments):
            target = int(Fraction(moment) / base) + (stream.start_time or 0)
            container.seek(target, stream=stream, backward=True)
            for frame in container.decode(stream):
                if frame.pts is not None and frame.pts >= target:
                    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
                    image.save(job.picture(number), quality=_QUALITY)
                    break
