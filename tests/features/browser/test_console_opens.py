"""The console opens in a real browser, and says nothing of errors."""

import pytest


@pytest.mark.parametrize("address", ["/admin/", "/admin/snapshots/media/"])
def test_pages_open_without_errors(page, library, address):
    page.goto(address)
    assert page.locator("h1").count() == 1
    page.wait_for_load_state("networkidle")


def test_it_lists_what_was_uploaded(page, library):
    page.goto("/admin/snapshots/media/")
    names = page.locator("#result_list .field-named").all_inner_texts()
    assert {"constant.mp4", "variable.mp4", "foreign.avi"} <= set(names)
