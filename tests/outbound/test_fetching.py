"""The guarded client downloading: whole files, and the rest of partial ones."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from snapshots.outbound import OutboundError, fetch
from tests.outbound.test_posting import PRIVATE, REFUSED, SPELLINGS
from tests.support.webhook_receiver import connections_to, listening

from ..support.file_server import LOOPBACK, origin

ALLOWED = [ip_network(LOOPBACK)]
DATA = bytes(itertools.islice(itertools.cycle(range(251)), 700_000))


def got(url: str, **how: object) -> tuple[int, int | None, str, bytes]:
    how = {"allowed": ALLOWED, "whole_s": 10.0, **how}
    with fetch(url, **how) as there:  # type: ignore[arg-type]
        return there.offset, there.total_bytes, there.validator, b"".join(there.blocks)


def refusal(url: str, **how: object) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        got(url, **how)
    return caught.value


# --- What comes ----------------------------------------------------------------------------------


def test_a_whole_file() -> None:
    with origin(DATA) as there:
        assert got(there.url) == (0, len(DATA), '"one"', DATA)
        assert there.asked == [("/films/holiday%20one.mp4?token=secret", "")]
        assert there.hosts == [f"127.0.0.1:{there.port}"]


def test_the_rest_of_a_file() -> None:
    with origin(DATA) as there:
        assert got(there.url, offset=300_000, validator='"one"') == (
            300_000, len(DATA), '"one"', DATA[300_000:],
        )  # fmt: skip


def test_a_file_by_its_date() -> None:
    with origin(DATA, etag="", modified=1_700_000_000.0) as there:
        date = got(there.url)[2]
        assert date == "Tue, 14 Nov 2023 22:13:20 GMT"
        assert got(there.url, offset=9, validator=date)[0] == 9


def test_weak_etag_is_not_used_to_resume() -> None:
    with origin(DATA, etag='W/"one"') as there:
        assert got(there.url)[2] == ""


@pytest.mark.parametrize("habit", [{"etag": '"two"'}, {"knows_ranges": False}])
def test_changed_file_is_downloaded_from_its_beginning(habit: dict[str, object]) -> None:
    with origin(DATA, **habit) as there:
        assert got(there.url, offset=300_000, validator='"one"')[0::3] == (0, DATA)


def test_download_without_a_validator_is_not_resumed() -> None:
    with origin(DATA) as there:
        assert got(there.url, offset=300_000, validator="")[0::3] == (0, DATA)
        assert there.asked[0][1] == ""


def test_file_shorter_than_the_offset_is_downloaded_whole() -> None:
    with origin(DATA) as there:
        assert got(there.url, offset=800_000, validator='"one"')[0::3] == (0, DATA)
        assert [asked for _, asked in there.asked] == ["bytes=800000-", ""]


def test_a_file_of_unknown_length() -> None:
    with origin(DATA, tells_length=False) as there:
        assert got(there.url)[1::2] == (None, DATA)


def test_truncated_body_is_an_error() -> None:
    with origin(DATA, cuts=[100_000]) as there:
        error = refusal(there.url)
    assert (error.code, error.permanent) == ("unreachable", False)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(404, True), (403, True), (410, True), (429, False), (408, False), (500, False), (503, False),
     (204, False), (304, False)],
)  # fmt: skip
def test_only_file_statuses_are_accepted(status: int, permanent: bool) -> None:
    with origin(DATA, statuses=[status]) as there:
        error = refusal(there.url)
    assert (error.code, error.permanent) == ("bad_status", permanent)
    assert str(status) in str(error.message)


def test_silent_server_costs_one_wait() -> None:
    with listening() as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
        assert refusal(url, wait_s=0.2).code == "timeout"


def test_a_redirect_to_nonsense_is_refused() -> None:
    with origin(DATA, redirects={"/1": "http://["}) as there:
        assert refusal(f"http://127.0.0.1:{there.port}/1").code == "forbidden_url"


# --- Where it leads ------------------------------------------------------------------------------


def test_three_redirects_are_followed_and_not_a_fourth() -> None:
    with origin(DATA, redirects={"/1": "/2", "/2": "3", "/3": "/4"}) as there:
        base = f"http://127.0.0.1:{there.port}"
        assert got(f"{base}/1")[3] == DATA
        there.redirects["/0"] = "/1"
        assert refusal(f"{base}/0").code == "bad_answer"
        assert "/4" not in [path for path, _ in there.asked[4:]]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://u@x/", ""])
def test_redirect_to_another_scheme_is_refused(target: str) -> None:
    with origin(DATA, redirects={"/1": target} if target else {}, statuses=[302]) as there:
        error = refusal(f"http://127.0.0.1:{there.port}/1")
    assert error.code in ("forbidden_url", "bad_answer")


def test_a_redirect_inside_is_not_followed() -> None:
    """From what may be reached to what may not: no byte is sent there."""
    with origin(DATA) as there, listening() as inside:
        port = inside.getsockname()[1]
        there.redirects["/1"] = f"http://127.0.0.2:{port}/"
        error = refusal(f"http://127.0.0.1:{there.port}/1", allowed=[ip_network("127.0.0.1/32")])
        assert (error.code, error.permanent) == ("forbidden_url", True)
        assert connections_to(inside) == 0


def test_a_redirect_to_a_name_is_looked_up_anew_and_checked() -> None:
    names: list[str] = []

    def resolver(host: str, _: int) -> Sequence[str]:
        names.append(host)
        return ["127.0.0.1"] if host == "public.example" else ["127.0.0.2"]

    with origin(DATA) as there:
        there.redirects["/1"] = f"http://inside.example:{there.port}/2"
        error = refusal(
            f"http://public.example:{there.port}/1",
            allowed=[ip_network("127.0.0.1/32")],
            resolver=resolver,
        )
        assert error.code == "forbidden_url"
        assert names == ["public.example", "inside.example"]
        assert [path for path, _ in there.asked] == ["/1"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_private_address_is_fetched_from(spelling: str) -> None:
    with listening() as sock:
        url = spelling.format(port=sock.getsockname()[1])
        assert refusal(url, allowed=[], wait_s=3.0).code in ("forbidden_url", "unreachable")
        assert connections_to(sock) == 0


@pytest.mark.parametrize("url", REFUSED)
def test_malformed_urls_are_not_fetched(url: str) -> None:
    with listening() as sock:
        error = refusal(url.format(port=sock.getsockname()[1]), wait_s=3.0)
        assert error.code == "forbidden_url" or "a" * 64 in url
        assert connections_to(sock) == 0


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_fetched_from(address: str) -> None:
    error = refusal("http://films.example/", allowed=[], resolver=lambda *_: [address])
    assert error.code == "forbidden_url"
