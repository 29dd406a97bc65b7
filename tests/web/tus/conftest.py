"""An upload that has been begun."""

from __future__ import annotations

import pytest

from .client import begin


@pytest.fixture
def path(api):
    """Where an upload of DATA goes on."""
    response = begin(api)
    assert response.status_code == 201, response.content
    return response["Location"]
