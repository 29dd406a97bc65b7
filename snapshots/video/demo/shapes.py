"""Shapes of the demo's drawings: layers made with Pillow and NumPy."""

from __future__ import annotations

import math
import random
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Rgb: TypeAlias = tuple[int, int, int]

_SMOOTH = 2  # shapes are drawn this much larger and shrunk, for smooth edges


def gradient(width: int, height: int, stops: list[Rgb]) -> Image.Image:
    """Colours from top to bottom, faintly dithered so that no bands show."""
    positions = np.linspace(0, len(stops) - 1, height)
    rows = np.stack(
        [np.interp(positions, range(len(stops)), [stop[c] for stop in stops]) for c in range(3)], 1
    )
    noise = np.random.default_rng(1).uniform(-0.8, 0.8, (height, width, 1))
    return Image.fromarray(np.clip(rows[:, None, :] + noise, 0, 255).astype(np.uint8))


def title(text: str, line: str, size: int) -> Image.Image:
    """Two lines of white text on a soft shadow, as an RGBA layer."""
    large, small = ImageFont.load_default(size), ImageFont.load_default(size * 0.42)
    mask = Image.new("L", (int(size * 0.66 * max(len(text), len(line) * 0.4)) + size, size * 3))
    draw = ImageDraw.Draw(mask)
    draw.text((size // 3, size // 3), text, 255, large)
    draw.text((size // 3 + 2, int(size * 1.62)), line, 225, small)
    layer = Image.new("RGBA", mask.size, (12, 10, 30, 0))
    layer.putalpha(mask.filter(ImageFilter.GaussianBlur(size / 12)).point(lambda a: a * 0.7))
    layer.alpha_composite(Image.merge("RGBA", [Image.new("L", mask.size, 255)] * 3 + [mask]))
    return layer


def show(picture: Image.Image, name: Image.Image, at: tuple[int, int], progress: float) -> None:
    """Fade the title in and out."""
    strength = min(1.0, max(0.0, progress * 8 - 0.2), max(0.0, (0.96 - progress) * 10))
    alpha = name.getchannel("A").point(lambda a: a * strength)
    picture.paste(name, at, alpha)


def glow(size: int, tone: Rgb, core: float) -> Image.Image:
    """A bright disc with a halo; `core` is the disc's share of the radius."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    distance = np.hypot(x, y)
    halo = np.clip(1 - distance, 0, 1) ** 2 * 0.75
    alpha = np.maximum(halo, np.clip((core - distance) * size / 4, 0, 1))
    layer = np.dstack([np.full_like(alpha, c) for c in tone] + [alpha * 255])
    return Image.fromarray(layer.astype(np.uint8), "RGBA")


def ridge(
    width: int, height: int, level: float, swing: float, tone: Rgb, *, seed: int
) -> Image.Image:
    """A mountain line made of a few waves; all below it is filled."""
    phases = np.random.default_rng(seed).uniform(0, 2 * math.pi, 7)
    x = np.linspace(0, 3 * math.pi, width * _SMOOTH)
    line = sum(np.sin(x * 1.7**k + phase) / 1.75**k for k, phase in enumerate(phases))
    tops = (level + swing * np.asarray(line)) * height * _SMOOTH
    rows = np.arange(height * _SMOOTH)[:, None]
    mask = Image.fromarray(((rows >= tops) * 255).astype(np.uint8)).resize((width, height))
    layer = Image.new("RGBA", (width, height), tone)
    layer.putalpha(mask)
    return layer.crop((0, int(tops.min()) // _SMOOTH, width, height))  # nothing is above


def stars(sky: Image.Image, count: int, below: int) -> None:
    rng = random.Random(2)  # noqa: S311 - a picture, not a secret
    draw = ImageDraw.Draw(sky)
    for _ in range(count):
        x, y = rng.randrange(sky.width), rng.randrange(below)
        light = rng.randrange(110, 255)
        draw.ellipse((x, y, x + light // 120, y + light // 120), (light, light, light))


def skyline(width: int, height: int, top: float, tone: Rgb, *, seed: int) -> Image.Image:
    rng = random.Random(seed)  # noqa: S311 - a picture, not a secret
    layer = Image.new("RGBA", (width, height), (*tone, 0))
    draw = ImageDraw.Draw(layer)
    x = -20
    while x < width:
        wide = rng.randrange(width // 10, width // 5)
        roof = int(height * (top + rng.uniform(-0.1, 0.14)))
        draw.rectangle((x, roof, x + wide, height), (*tone, 255))
        draw.line((x + wide // 2, roof - height // 30, x + wide // 2, roof), (*tone, 255), 4)
        x += wide - 2
    draw.rectangle((0, int(height * 0.925), width, height), (10, 10, 22, 255))
    return layer


def windows(near: Image.Image, seed: int) -> Image.Image:
    """Lit windows where there is wall; another `seed` lights others."""
    rng, steady = random.Random(seed + 50), random.Random(3)  # noqa: S311
    wall = near.getchannel("A").load()
    layer = Image.new("RGBA", near.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for y in range(0, int(near.height * 0.91), 26):
        for x in range(8, near.width - 14, 22):
            lit = steady.random() < 0.34 or rng.random() < 0.06
            inside = all(wall[x + dx, y + dy] for dx in (-4, 14) for dy in (-10, 18))  # type: ignore[index]
            warmth = steady.randrange(150, 230)
            if lit and inside:
                draw.rectangle((x, y, x + 9, y + 13), (255, warmth, warmth // 2, 235))
    return layer


def shafts(width: int, height: int) -> Image.Image:
    mask = Image.new("L", (width * 3 // 2, height))
    draw = ImageDraw.Draw(mask)
    for k in range(9):
        x = k * width // 6
        reach = height * (7 + k * 5 % 4) // 10
        draw.polygon(
            [(x, 0), (x + width // 16, 0), (x - width // 9, reach), (x - width // 4, reach)], 62
        )
    fade = Image.fromarray(
        np.tile(np.linspace(255, 0, height).astype(np.uint8)[:, None], mask.width)
    )
    soft = mask.filter(ImageFilter.GaussianBlur(height / 40))
    shade = np.asarray(soft).astype(np.uint16) * np.asarray(fade) // 255
    layer = Image.new("RGBA", mask.size, (214, 255, 246))
    layer.putalpha(Image.fromarray(shade.astype(np.uint8)))
    return layer


def bubble(size: int) -> Image.Image:
    large = Image.new("RGBA", (size * 4, size * 4), (220, 255, 255, 0))
    draw = ImageDraw.Draw(large)
    draw.ellipse((4, 4, size * 4 - 5, size * 4 - 5), (220, 255, 255, 46), (235, 255, 255, 190), 5)
    draw.ellipse((size, size * 0.8, size * 1.8, size * 1.5), (255, 255, 255, 210))
    return large.resize((size, size), Image.Resampling.LANCZOS)


def jellyfish(size: int) -> Image.Image:
    large = Image.new("RGBA", (size * 2, size * 4), (255, 190, 220, 0))
    draw = ImageDraw.Draw(large)
    for k in range(7):
        x0 = size * (0.35 + 0.2 * k)
        points = [
            (x0 + size * 0.07 * math.sin(y / size * 5 + k), y)
            for y in range(size * 4 // 5, int(size * (2.6 + 0.35 * (k % 3))), 6)
        ]
        draw.line(points, (255, 206, 232, 130), max(4, size // 28), joint="curve")
    draw.pieslice((size // 6, 20, size * 11 // 6, size * 5 // 3), 180, 360, (255, 170, 214, 215))
    draw.pieslice(
        (size // 2, size // 5, size * 3 // 2, size * 4 // 3), 180, 360, (255, 206, 232, 235)
    )
    return large.resize((size, size * 2), Image.Resampling.LANCZOS)
