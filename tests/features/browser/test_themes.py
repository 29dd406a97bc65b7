"""The theme switch: light, dark, or what the system asks for, whichever that is."""

from __future__ import annotations

import pytest

LIGHT, DARK = "rgb(29, 98, 135)", "rgb(134, 200, 232)"  # --link-fg
LIGHT_PAGE, DARK_PAGE = "rgb(255, 255, 255)", "rgb(18, 18, 18)"
_COLOURS = """() => {
  const link = document.querySelector(".dashboard #content a");
  const page = getComputedStyle(document.body);
  return [getComputedStyle(link).color, page.backgroundColor];
}"""


@pytest.mark.parametrize(
    ("system", "theme", "is_dark"),
    [
        ("light", "auto", False), ("light", "light", False), ("light", "dark", True),
        ("dark", "auto", True), ("dark", "light", False), ("dark", "dark", True),
    ],
)  # fmt: skip
def test_colours_follow_the_switch_and_else_the_system(sign_in, library, system, theme, is_dark):
    page = sign_in(color_scheme=system)
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate(_COLOURS) == ([DARK, DARK_PAGE] if is_dark else [LIGHT, LIGHT_PAGE])
