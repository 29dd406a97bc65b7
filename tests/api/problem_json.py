"""What a refusal looks like from outside."""

from __future__ import annotations

from typing import Any


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """Assert a well-formed problem and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    assert ("errors" in problem) == (code == "invalid")
    return problem


def fields(response: Any) -> dict[str, str]:
    """The wrong fields of a 400, each with its code."""
    return {error["field"]: error["code"] for error in refused(response, 400, "invalid")["errors"]}
