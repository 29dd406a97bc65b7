"""Puts more than one picture track into a file."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition
from PIL import Image

from . import numbered

_ART = np.zeros((32, 32, 3), np.uint8)
OTHER = 1000  # the first number of another track's frames


def add_another(path: Path, marked: int | None) -> Path:
    """Put a second video behind the first, of other numbers; `marked` one is the default."""
    first = path.rename(path.with_stem(path.stem + "-first"))
    pictures = [numbered.picture(OTHER + number) for number in range(40)]
    second = path.with_stem(path.stem + "-second")
    numbered.make(second, codec="mpeg4", frames=40, pictures=pictures)
    with av.open(str(first)) as one, av.open(str(second)) as other, av.open(str(path), "w") as out:
        sources = [container.streams.video[0] for container in (one, other)]
        streams = [out.add_stream_from_template(source) for source in sources]
        for number, stream in enumerate(streams):
            stream.disposition = Disposition.default if number == marked else Disposition.dub
        for source, stream in zip(sources, streams, strict=True):
            for packet in source.container.demux(source):  # type: ignore[attr-defined]
                if packet.size:
                    packet.stream = stream
                    out.mux(packet)
    return path


def add_cover(path: Path) -> Path:
    """Give the video cover art: a track of MP4, an attached file of Matroska."""
    plain = path.rename(path.with_stem(path.stem + "-plain"))
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        if path.suffix == ".mkv":
            output.add_attachment("cover.png", "image/png", _png())
        else:
            cover = output.add_stream("png", rate=1)
            cover.width, cover.height, cover.pix_fmt = *_ART.shape[1::-1], "rgb24"
            cover.disposition = Disposition.attached_pic
        stream = output.add_stream_from_template(source.streams.video[0])
        if path.suffix != ".mkv":
            output.mux(cover.encode(av.VideoFrame.from_ndarray(_ART, "rgb24")))
            output.mux(cover.encode())
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    return path


def _png() -> bytes:
    file = io.BytesIO()
    Image.fromarray(_ART).save(file, "PNG")
    return file.getvalue()
