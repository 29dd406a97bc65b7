"""Drawings for the demo's clips, by Pillow: static layers that move from frame to frame."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Rgb: TypeAlias = tuple[int, int, int]
FrameDrawing: TypeAlias = Callable[[float], Image.Image]  # progress 0..1 of the clip -> RGB
Drawing: TypeAlias = Callable[[int, int], FrameDrawing]  # width, height

_SMOOTH = 2  # shapes are drawn this much larger and shrunk, for smooth edges


def dawn(width: int, height: int) -> FrameDrawing:
    """The sun comes up behind four ridges that drift by at different speeds."""
    night = gradient(width, height, [(26, 22, 66), (104, 52, 112), (232, 118, 98), (255, 196, 120)])
    day = gradient(
        width, height, [(38, 92, 168), (112, 160, 212), (250, 196, 150), (255, 232, 178)]
    )
    sun = _glow(height // 2, (255, 238, 190), core=0.22)
    tones: list[Rgb] = [(150, 88, 122), (104, 62, 104), (62, 42, 84), (28, 22, 52)]
    ridges = [
        _ridge(int(width * 1.5), height, 0.44 + 0.13 * i, 0.11 - 0.012 * i, tone, seed=i)
        for i, tone in enumerate(tones)
    ]
    name = title("First light", "Four ridges, one morning", height // 9)

    def paint(progress: float) -> Image.Image:
        picture = Image.blend(night, day, progress)
        x = int(width * (0.62 + 0.06 * progress)) - sun.width // 2
        y = int(height * (0.62 - 0.42 * progress)) - sun.height // 2
        picture.paste(sun, (x, y), sun)
        for depth, ridge in enumerate(ridges):
            drift = int(width * 0.12 * (depth + 1) * progress)
            picture.paste(ridge, (-drift, height - ridge.height), ridge)
        _show(picture, name, (width // 14, height // 9), progress)
        return picture

    return paint


def city(width: int, height: int) -> FrameDrawing:
    """A skyline at night: windows go on and off, a moon climbs, cars pass below."""
    sky = gradient(width, height, [(8, 10, 34), (24, 26, 74), (76, 48, 112), (196, 96, 110)])
    _stars(sky, 160, height * 6 // 10)
    moon = _glow(width // 2, (246, 242, 222), core=0.3)
    far = _skyline(width, height, 0.50, (44, 36, 84), seed=5)
    near = _skyline(width, height, 0.62, (16, 16, 40), seed=9)
    lights = [_windows(near, seed) for seed in range(4)]
    car_to, car_from = _glow(60, (255, 244, 214), core=0.3), _glow(60, (255, 70, 60), core=0.3)
    name = title("Night shift", "The city does not sleep", width // 9)

    def paint(progress: float) -> Image.Image:
        picture = sky.copy()
        picture.paste(moon, (int(width * 0.34), int(height * (0.24 - 0.14 * progress))), moon)
        picture.paste(far, (0, 0), far)
        picture.paste(near, (0, 0), near)
        lit = lights[int(progress * 12) % len(lights)]
        picture.paste(lit, (0, 0), lit)
        for car in range(5):
            at = (progress * (1.2 + 0.2 * car) + car * 0.23) % 1.2 - 0.1
            picture.paste(car_to, (int(width * at), int(height * 0.925)), car_to)
            picture.paste(car_from, (int(width * (1 - at)), int(height * 0.952)), car_from)
        _show(picture, name, (width // 12, height // 12), progress)
        return picture

    return paint


def sea(width: int, height: int) -> FrameDrawing:
    """Under water: shafts of light, a swaying jellyfish, bubbles on their way up."""
    water = gradient(width, height, [(72, 208, 206), (22, 132, 168), (10, 66, 118), (6, 24, 62)])
    shafts = _shafts(width, height)
    bubbles = [_bubble(size) for size in (14, 22, 34)]
    floor = _ridge(width, height, 0.90, 0.05, (6, 18, 44), seed=21)
    jelly = _jellyfish(height * 2 // 5)
    paths = random.Random(4)  # noqa: S311 - a picture, not a secret
    starts = [(paths.random(), paths.random(), paths.choice(bubbles)) for _ in range(34)]
    name = title("Blue hour below", "Bubbles at their own pace", height // 9)

    def paint(progress: float) -> Image.Image:
        picture = water.copy()
        picture.paste(shafts, (int(-width * 0.25 * progress), 0), shafts)
        sway = math.sin(progress * 4 * math.pi)
        at = (int(width * (0.62 + 0.02 * sway)), int(height * (0.34 - 0.16 * progress)))
        picture.paste(jelly, at, jelly)
        for x, y, bubble in starts:
            rise = (y - progress * (20 / bubble.width + 0.6)) % 1.1
            wobble = 0.01 * math.sin(12 * (progress + x))
            picture.paste(bubble, (int(width * (x + wobble)), int(height * rise) - 20), bubble)
        picture.paste(floor, (0, height - floor.height), floor)
        _show(picture, name, (width // 14, height // 9), progress)
        return picture

    return paint


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


def _show(picture: Image.Image, name: Image.Image, at: tuple[int, int], progress: float) -> None:
    """Fade the title in and out."""
    strength = min(1.0, max(0.0, progress * 8 - 0.2), max(0.0, (0.96 - progress) * 10))
    alpha = name.getchannel("A").point(lambda a: a * strength)
    picture.paste(name, at, alpha)


def _glow(size: int, tone: Rgb, core: float) -> Image.Image:
    """A bright disc with a halo; `core` is the disc's share of the radius."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    distance = np.hypot(x, y)
    halo = np.clip(1 - distance, 0, 1) ** 2 * 0.75
    alpha = np.maximum(halo, np.clip((core - distance) * size / 4, 0, 1))
    layer = np.dstack([np.full_like(alpha, c) for c in tone] + [alpha * 255])
    return Image.fromarray(layer.astype(np.uint8), "RGBA")


def _ridge(
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


def _stars(sky: Image.Image, count: int, below: int) -> None:
    rng = random.Random(2)  # noqa: S311 - a picture, not a secret
    draw = ImageDraw.Draw(sky)
    for _ in range(count):
        x, y = rng.randrange(sky.width), rng.randrange(below)
        light = rng.randrange(110, 255)
        draw.ellipse((x, y, x + light // 120, y + light // 120), (light, light, light))


def _skyline(width: int, height: int, top: float, tone: Rgb, *, seed: int) -> Image.Image:
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


def _windows(near: Image.Image, seed: int) -> Image.Image:
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


def _shafts(width: int, height: int) -> Image.Image:
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


def _bubble(size: int) -> Image.Image:
    large = Image.new("RGBA", (size * 4, size * 4), (220, 255, 255, 0))
    draw = ImageDraw.Draw(large)
    draw.ellipse((4, 4, size * 4 - 5, size * 4 - 5), (220, 255, 255, 46), (235, 255, 255, 190), 5)
    draw.ellipse((size, size * 0.8, size * 1.8, size * 1.5), (255, 255, 255, 210))
    return large.resize((size, size), Image.Resampling.LANCZOS)


def _jellyfish(size: int) -> Image.Image:
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
