"""What can be known without a browser: names of controls, headings, focus, contrast of colours."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import django.contrib.admin
import pytest
from django.urls import reverse

from snapshots.models import SnapshotTemplate
from snapshots.services.security import access_keys

OURS = Path(__file__).resolve().parents[3] / "snapshots/static/snapshots"
DJANGOS = Path(django.contrib.admin.__file__).parent / "static/admin/css"
VOID = {"input", "img", "br", "hr", "meta", "link", "source", "track", "use", "rect", "line"}
AA = 4.5
# Foreground and background, as the pages put them together
PAIRS = [
    ("--body-fg", "--body-bg"), ("--body-fg", "--darkened-bg"), ("--body-fg", "--selected-row"),
    ("--body-quiet-color", "--body-bg"), ("--body-quiet-color", "--darkened-bg"),
    ("--link-fg", "--body-bg"), ("--link-fg", "--darkened-bg"), ("--link-fg", "--selected-row"),
    ("--link-hover-color", "--body-bg"), ("--error-fg", "--body-bg"),
    ("--header-color", "--header-bg"), ("--header-link-color", "--header-bg"),
    ("--accent", "--header-bg"), ("--primary-fg", "--primary"),
    ("--breadcrumbs-fg", "--breadcrumbs-bg"), ("--breadcrumbs-link-fg", "--breadcrumbs-bg"),
    ("--button-fg", "--button-bg"), ("--button-fg", "--button-hover-bg"),
    ("--button-fg", "--default-button-bg"), ("--button-fg", "--default-button-hover-bg"),
    ("--button-fg", "--delete-button-bg"), ("--button-fg", "--close-button-bg"),
    ("--object-tools-fg", "--object-tools-bg"), ("--object-tools-fg", "--object-tools-hover-bg"),
    ("--mh-ok", "--body-bg"), ("--mh-busy", "--body-bg"), ("--mh-bad", "--body-bg"),
    ("--mh-calm", "--body-bg"), ("--mh-ok", "--darkened-bg"), ("--mh-busy", "--darkened-bg"),
    ("--mh-bad", "--darkened-bg"), ("--mh-calm", "--darkened-bg"),
]  # fmt: skip


class _Page(HTMLParser):
    """Collects what readers of a screen go by."""

    def __init__(self, html):
        super().__init__()
        self.language, self.headings, self.labels, self.controls = "", [], set(), []
        self.images, self.open, self.texts = [], [], {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "html":
            self.language = names.get("lang", "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.labels.add(names.get("for"))
        if tag in ("input", "select", "textarea", "button"):
            self.controls.append((tag, names, [row[0] for row in self.open]))
        if tag == "img":
            self.images.append(names)
        if tag not in VOID:
            self.open.append((tag, names))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for tag, names in self.open:
            if tag == "button" and data.strip():
                self.texts[id(names)] = data.strip()

    def unnamed(self):
        return [(tag, names) for tag, names, around in self.controls
                if not self._is_named(tag, names, around)]  # fmt: skip

    def _is_named(self, tag, names, around):
        if names.get("type") == "hidden" or names.get("aria-label") or names.get("title"):
            return True
        if tag == "button" or names.get("type") in ("submit", "image"):
            return bool(self.texts.get(id(names)) or names.get("value") or names.get("alt"))
        return names.get("id") in self.labels or "label" in around


@pytest.fixture
def pages(make_media, make_snapshot, make_task, admin_user):
    media = make_media()
    media.cover_snapshot = make_snapshot(media)
    media.save()
    key = access_keys.create_key(user=admin_user, name="key").key
    own = SnapshotTemplate.objects.create(name="mine")
    rows = {"media": media, "snapshot": media.cover_snapshot, "task": make_task(media),
            "snapshottemplate": own, "accesskey": key}  # fmt: skip
    changes = [reverse(f"admin:snapshots_{name}_change", args=[row.pk])
               for name, row in rows.items()]  # fmt: skip
    lists = [reverse(f"admin:snapshots_{name}_changelist") for name in (*rows, "event")]
    more = [
        reverse("admin:index"), reverse("admin:snapshots_snapshottemplate_add"),
        reverse("admin:snapshots_media_add"), reverse("admin:snapshots_eventconfig_changelist"),
        reverse("admin:snapshots_media_pick", args=[media.pk]),
        reverse("admin:snapshots_media_take_snapshots") + f"?media={media.pk}",
        reverse("admin:snapshots_media_set_cover_at") + f"?media={media.pk}",
        reverse("admin:snapshots_media_delete", args=[media.pk]),
    ]  # fmt: skip
    return [*changes, *lists, *more]


def test_every_page_can_be_found_the_way_in(admin, pages):
    for path in pages:
        page = _Page(admin.get(path).content.decode())
        assert page.language == "en", path
        assert page.headings.count(1) == 1, path
        assert page.unnamed() == [], path
        assert all("alt" in image for image in page.images), path


def test_headings_leave_no_step_out(admin, pages):
    for path in pages:
        levels = _Page(admin.get(path).content.decode()).headings
        main = levels[levels.index(1) :]
        assert all(after - before <= 1 for before, after in pairwise(main)), (path, levels)


def test_the_way_in_has_names_too(client, db):
    page = _Page(client.get(reverse("admin:login")).content.decode())
    assert page.unnamed() == []
    assert page.language == "en"


def test_no_style_removes_the_focus_outline():
    for path in OURS.glob("*.css"):
        for selector, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", path.read_text()):
            is_around = ":focus-within" in selector  # what has the focus in it shows that itself
            assert is_around or not re.search(r"outline\s*:\s*(0|none)", rules), selector


def _declarations(css, selector):
    """The custom properties of the blocks of a theme, later ones over earlier ones."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = {}
    for block in re.findall(rf"(?:^|\}})\s*{selector}\s*\{{([^}}]*)\}}", css):
        found |= dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))
    return found


def _theme(is_dark):
    """Django's light values, its dark ones over them, and ours over both."""
    djangos = [(DJANGOS / name).read_text() for name in ("base.css", "dark_mode.css")]
    theme = {}
    for css in djangos:
        theme |= _declarations(css, r'html\[data-theme="light"\],\s*:root')
    if is_dark:
        for css in djangos:
            theme |= _declarations(css, r'html\[data-theme="dark"\]')
    return theme | _declarations((OURS / "theme.css").read_text(), r"html\[data-theme\],\s*:root")


def _colour(theme, name, *, is_dark):
    value = theme[name].strip()
    while found := re.fullmatch(r"var\((--[\w-]+)\)", value):
        value = theme[found[1]].strip()
    if both := re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value):
        value = both[1 + is_dark]
    digits = value.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def _luminance(colour):
    """WCAG 2.2, relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids=" on ".join)
def test_colours_differ_enough_to_be_read(pair, is_dark):
    theme = _theme(is_dark)
    low, high = sorted(_luminance(_colour(theme, name, is_dark=is_dark)) for name in pair)
    assert (high + 0.05) / (low + 0.05) >= AA


def test_each_theme_of_the_switch_has_its_colour_scheme():
    """By which `light-dark()` goes: what is chosen, else what the system asks for."""
    found = re.findall(r"([^{}]+)\{\s*color-scheme: ([^;]+); \}", _rules("theme.css"))
    assert {selector.strip(): scheme for selector, scheme in found} == {
        ":root": "light dark",
        'html[data-theme="light"]': "light",
        'html[data-theme="dark"]': "dark",
    }


def test_our_dark_colours_stand_beside_the_light_ones():
    for path in OURS.glob("*.css"):
        assert "prefers-color-scheme" not in _rules(path.name), path.name


def _rules(name):
    return re.sub(r"/\*.*?\*/", "", (OURS / name).read_text(), flags=re.DOTALL).strip()
