"""Drawings for the demo's clips, by Pillow: static layers that move from frame to frame."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

from . import shapes
from .shapes import Rgb

FrameDrawing: TypeAlias = Callable[[float], Image.Image]  # progress 0..1 of the clip -> RGB
Drawing: TypeAlias = Callable[[int, int], FrameDrawing]  # width, height


def dawn(width: int, height: int) -> FrameDrawing:
    """The sun comes up behind four ridges that drift by at different speeds."""
    night = shapes.gradient(
        width, height, [(26, 22, 66), (104, 52, 112), (232, 118, 98), (255, 196, 120)]
    )
    day = shapes.gradient(
        width, height, [(38, 92, 168), (112, 160, 212), (250, 196, 150), (255, 232, 178)]
    )
    sun = shapes.glow(height // 2, (255, 238, 190), core=0.22)
    tones: list[Rgb] = [(150, 88, 122), (104, 62, 104), (62, 42, 84), (28, 22, 52)]
    ridges = [
        shapes.ridge(int(width * 1.5), height, 0.44 + 0.13 * i, 0.11 - 0.012 * i, tone, seed=i)
        for i, tone in enumerate(tones)
    ]
    name = shapes.title("First light", "Four ridges, one morning", height // 9)

    def paint(progress: float) -> Image.Image:
        picture = Image.blend(night, day, progress)
        x = int(width * (0.62 + 0.06 * progress)) - sun.width // 2
        y = int(height * (0.62 - 0.42 * progress)) - sun.height // 2
        picture.paste(sun, (x, y), sun)
        for depth, ridge in enumerate(ridges):
            drift = int(width * 0.12 * (depth + 1) * progress)
            picture.paste(ridge, (-drift, height - ridge.height), ridge)
        shapes.show(picture, name, (width // 14, height // 9), progress)
        return picture

    return paint


def city(width: int, height: int) -> FrameDrawing:
    """A skyline at night: windows go on and off, a moon climbs, cars pass below."""
    sky = shapes.gradient(width, height, [(8, 10, 34), (24, 26, 74), (76, 48, 112), (196, 96, 110)])
    shapes.stars(sky, 160, height * 6 // 10)
    moon = shapes.glow(width // 2, (246, 242, 222), core=0.3)
    far = shapes.skyline(width, height, 0.50, (44, 36, 84), seed=5)
    near = shapes.skyline(width, height, 0.62, (16, 16, 40), seed=9)
    lights = [shapes.windows(near, seed) for seed in range(4)]
    car_to, car_from = (
        shapes.glow(60, (255, 244, 214), core=0.3),
        shapes.glow(60, (255, 70, 60), core=0.3),
    )
    name = shapes.title("Night shift", "The city does not sleep", width // 9)

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
        shapes.show(picture, name, (width // 12, height // 12), progress)
        return picture

    return paint


def sea(width: int, height: int) -> FrameDrawing:
    """Under water: shafts of light, a swaying jellyfish, bubbles on their way up."""
    water = shapes.gradient(
        width, height, [(72, 208, 206), (22, 132, 168), (10, 66, 118), (6, 24, 62)]
    )
    shafts = shapes.shafts(width, height)
    bubbles = [shapes.bubble(size) for size in (14, 22, 34)]
    floor = shapes.ridge(width, height, 0.90, 0.05, (6, 18, 44), seed=21)
    jelly = shapes.jellyfish(height * 2 // 5)
    paths = random.Random(4)  # noqa: S311 - a picture, not a secret
    starts = [(paths.random(), paths.random(), paths.choice(bubbles)) for _ in range(34)]
    name = shapes.title("Blue hour below", "Bubbles at their own pace", height // 9)

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
        shapes.show(picture, name, (width // 14, height // 9), progress)
        return picture

    return paint
