"""Coming in: a password is tried only so often, from one place and from all."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from snapshots.models import RateLimitHit
from tests.support.concurrency import at_once

LOGIN = reverse("admin:login")


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> None:
    settings.MEDIAHUB_LIMITS = {
        **settings.MEDIAHUB_LIMITS, "login": (3, 900.0), "login-name": (5, 900.0),
    }  # fmt: skip


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", password="right", is_staff=True)


def came_in(password: str, *, name: str = "anna", address: str = "10.0.0.1") -> str:
    """`in`, or what the page says."""
    form = {"username": name, "password": password}
    answer = Client().post(LOGIN, form, REMOTE_ADDR=address)
    return "in" if answer.status_code == 302 else answer.content.decode()


def test_after_a_few_wrong_ones_the_right_one_is_refused_too(anna: User) -> None:
    assert ["Too many requests" in came_in("wrong") for _ in range(4)] == [False] * 3 + [True]
    assert "Too many requests. Try again in 900 seconds." in came_in("right")
    assert came_in("right", address="10.0.0.2") == "in"


def test_coming_in_forgets_what_was_wrong_before(anna: User) -> None:
    for _ in range(4):
        assert came_in("wrong") != "in"
        assert came_in("wrong") != "in"
        assert came_in("right") == "in"
    assert not RateLimitHit.objects.exists()


def test_many_places_together_get_no_more_tries(anna: User) -> None:
    for n in range(5):
        came_in("wrong", address=f"10.0.1.{n}")
    assert "Too many requests" in came_in("right", address="10.0.2.1")


def test_names_are_counted_however_they_are_written(anna: User) -> None:
    for name in ("anna", "Anna", "ANNA"):
        came_in("wrong", name=name)
    assert "Too many requests" in came_in("right")


def test_a_name_that_nobody_has_tells_nothing(anna: User) -> None:
    said = [came_in("wrong", name="nobody") for _ in range(4)]
    assert "Too many requests" in said[3]


def test_an_empty_form_is_no_try(anna: User) -> None:
    for _ in range(6):
        came_in("")
    assert came_in("right") == "in"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_too(anna: User) -> None:
    said = at_once(*[lambda: came_in("wrong")] * 8)
    assert sum("Too many requests" in text for text in said) == 5
