"""The guarded client posting: allowed and forbidden addresses, and timeouts."""

from __future__ import annotations

import datetime
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from snapshots import outbound
from snapshots.outbound import OutboundError, connection, post

from ..support.webhook_receiver import LOOPBACK, connections_to, free_port, listening, receiver

ALLOWED = [ip_network(LOOPBACK)]

# Spellings of 127.0.0.1 and of this machine; {port} is one that listens.
SPELLINGS = [
    "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://127.0.1:{port}/",
    "http://2130706433:{port}/", "http://017700000001:{port}/", "http://0177.0.0.1:{port}/",
    "http://0177.0000.0000.0001:{port}/", "http://0x7f000001:{port}/", "http://0x7f.0.0.1:{port}/",
    "http://0x7f.1:{port}/", "http://0X7F.0X0.0X0.0X1:{port}/", "http://127.0.0.1.:{port}/",
    "http://127.255.255.254:{port}/", "http://0:{port}/", "http://0.0.0.0:{port}/",
    "http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://１２７.０.０.１:{port}/", "http://127。0。0。1:{port}/",
    "http://⑫⑦.0.0.1:{port}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "http://[::1]:{port}/", "http://[::]:{port}/", "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[::7f00:1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/", "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/", "http://[fe80::1%25lo]:{port}/",
    "https://127.0.0.1:{port}/", "http://%31%32%37.0.0.1:{port}/", "http://127.0.0.1%00:{port}/",
]  # fmt: skip

# What has a form that is never called, whoever it names.
REFUSED = [
    "", "/", "//127.0.0.1:{port}/", "127.0.0.1:{port}", "http:127.0.0.1:{port}", "http:///x",
    "ftp://127.0.0.1:{port}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x",
    "unix:///run/x", "javascript:alert(1)", "data:,x", "http+unix://x/",
    "http://user@127.0.0.1:{port}/", "http://user:pw@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/", "http://127.0.0.1:{port}@example.com/",
    "http://@127.0.0.1:{port}/", "http://127.0.0.1:0/", "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/", "http://127.0.0.1:x/", "http://[127.0.0.1]:{port}/",
    "http://[::1:{port}/", "http://127.0.0.1:{port}/a b", "http://127.0.0.1:{port}/é",
    "http://127.0.0.1:{port}/\x00", "http://127.0.0.1\\@example.com:{port}/",
    "http://127.0.0.1 :{port}/", "http://a..b:{port}/", "http://.:{port}/",
    f"http://{'a' * 64}.example:{{port}}/",
]  # fmt: skip

PRIVATE = [
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::ffff:0:8.8.8.8",
    "64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:4136:e378::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:808:808::1",
    "2002:7f00:1::", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "febf::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
    "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1",
    "2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "3ffe::1",
]  # fmt: skip


def call(url: str, **how: object) -> outbound.Response:
    return post(url, body=b"{}", headers={}, **how)  # type: ignore[arg-type]


def refusal(url: str, **how: object) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        call(url, **how)
    return caught.value


# --- Whom it never calls -------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_private_address_is_connected_to(spelling: str) -> None:
    with listening() as sock:
        error = refusal(spelling.format(port=sock.getsockname()[1]), timeout_s=3)
        assert error.code in ("forbidden_url", "unreachable")  # some resolvers know no octal
        assert connections_to(sock) == 0


def test_spellings_reach_this_machine_if_allowed() -> None:
    """So that the test above is one of the guard, and not of names that nobody can resolve."""
    reached = 0
    with receiver() as there:
        for spelling in SPELLINGS[:11]:
            answer = call(spelling.format(port=there.port), allowed=ALLOWED, timeout_s=3)
            reached += answer.status == 200
        assert reached == len(there.got) == 11


@pytest.mark.parametrize("url", REFUSED)
def test_malformed_urls_are_refused(url: str) -> None:
    with listening() as sock:
        error = refusal(url.format(port=sock.getsockname()[1]), allowed=ALLOWED, timeout_s=3)
        assert error.code == "forbidden_url" or "a" * 64 in url
        assert error.permanent is (error.code == "forbidden_url")
        assert connections_to(sock) == 0


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    error = refusal("http://hooks.example/", resolver=lambda *_: [address])
    assert (error.code, error.permanent) == ("forbidden_url", True)
    assert str(ip_address(address)) in str(error.message)


@pytest.mark.parametrize("address", PRIVATE)
def test_one_private_address_among_public_ones_forbids_the_name(address: str) -> None:
    error = refusal("http://hooks.example/", resolver=lambda *_: ["1.1.1.1", address])
    assert error.code == "forbidden_url"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    error = refusal("https://hooks.example/", resolver=lambda *_: [address])
    assert (error.code, error.permanent) == ("unreachable", False)
    assert asked == [(address, 443)]


def test_the_name_is_resolved_once_and_the_connection_goes_to_what_was_checked() -> None:
    """A resolver that changes its mind: 127.0.0.2 at first, the listening 127.0.0.1 after that."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    with listening() as sock:
        url = f"http://rebound.example:{sock.getsockname()[1]}/"
        only = [ip_network("127.0.0.2/32")]
        error = refusal(url, allowed=only, resolver=lambda *_: next(answers), timeout_s=3)
        assert error.code == "unreachable"
        assert connections_to(sock) == 0
        assert next(answers) == ["127.0.0.1"]  # asked once
        error = refusal(url, allowed=only, resolver=lambda *_: next(answers), timeout_s=3)
        assert error.code == "forbidden_url"
        assert connections_to(sock) == 0


def test_only_the_networks_named_are_opened() -> None:
    with receiver() as there:
        assert call(there.url, allowed=[ip_network("127.0.0.1/32")]).status == 200
        for other in ("127.0.0.2/32", "10.0.0.0/8", "::/0"):
            assert refusal(there.url, allowed=[ip_network(other)]).code == "forbidden_url"
        assert len(there.got) == 1


def test_redirects_are_returned_and_not_followed() -> None:
    with receiver() as there, receiver() as elsewhere:
        for code in (301, 302, 303, 307, 308):
            there.status(code, Location=elsewhere.url)
            answer = call(there.url, allowed=ALLOWED)
            assert (answer.status, answer.headers["location"]) == (code, elsewhere.url)
        assert len(there.got) == 5
        assert elsewhere.got == []


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy, receiver() as there:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert call(there.url, allowed=ALLOWED).status == 200
        assert connections_to(proxy) == 0


# --- What it sends -------------------------------------------------------------------------------


def test_it_sends_the_body_and_keeps_the_host() -> None:
    with receiver() as there:
        url = f"http://hooks.example:{there.port}/a/b;c?d=%20e&f#part"
        answer = post(
            url, body=b"\x00body", headers={"X-One": "1"}, allowed=ALLOWED,
            resolver=lambda *_: ["127.0.0.1"],
        )  # fmt: skip
        there_got = there.got[0]
    assert answer.status == 200
    assert there_got.path == "/a/b;c?d=%20e&f"
    assert there_got.headers["Host"] == f"hooks.example:{there.port}"
    assert there_got.headers["X-One"] == "1"
    assert there_got.body == b"\x00body"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with receiver() as there:
        url = f"http://hooks.example:{there.port}/"
        answer = call(url, allowed=ALLOWED, resolver=lambda *_: ["127.0.0.9", "127.0.0.1"])
        assert answer.status == 200


def read_request(peer: socket.socket) -> None:
    """All of it: what is left unread at the end makes the kernel cut the connection."""
    said = b""
    while not said.endswith(b"{}"):
        said += peer.recv(65536)


@contextmanager
def secured(tmp_path: Path, name: str) -> Iterator[tuple[int, list[str | None]]]:
    """A TLS server with a certificate for `name`; its port, and the names that were asked for."""
    import ssl

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(pem))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    asked: list[str | None] = []
    context.sni_callback = lambda _, host, __: asked.append(host)
    with socket.create_server(("127.0.0.1", 0)) as sock:

        def serve() -> None:
            plain, _ = sock.accept()
            with plain:
                try:
                    with context.wrap_socket(plain, server_side=True) as peer:
                        read_request(peer)
                        peer.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                except ssl.SSLError:
                    return  # it did not trust us

        thread = threading.Thread(target=serve)
        thread.start()
        yield sock.getsockname()[1], asked
        thread.join()


@pytest.fixture
def trusting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    connection.tls.cache_clear()
    yield
    connection.tls.cache_clear()


def test_tls_is_spoken_with_the_name_and_not_with_the_address(
    tmp_path: Path, trusting: None
) -> None:
    with secured(tmp_path, "hooks.example") as (port, asked):
        url = f"https://hooks.example:{port}/"
        answer = call(url, allowed=ALLOWED, resolver=lambda *_: ["127.0.0.1"])
    assert answer.status == 204
    assert asked == ["hooks.example"]


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, trusting: None) -> None:
    with secured(tmp_path, "other.example") as (port, _):
        url = f"https://hooks.example:{port}/"
        error = refusal(url, allowed=ALLOWED, resolver=lambda *_: ["127.0.0.1"])
    assert (error.code, error.permanent) == ("bad_certificate", False)


# --- When it stops waiting -----------------------------------------------------------------------


@contextmanager
def answering(*parts: bytes, pause_s: float = 0.0) -> Iterator[str]:
    """A server that says this, with pauses, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as sock:

        def serve() -> None:
            peer, _ = sock.accept()
            with peer:
                peer.settimeout(10)
                read_request(peer)
                try:
                    for part in parts:
                        peer.sendall(part)
                        time.sleep(pause_s)
                except OSError:
                    return  # nobody listens any more

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/"
        thread.join()


def test_silent_receiver_costs_no_more_than_the_timeout() -> None:
    with listening() as sock:
        url, start = f"http://127.0.0.1:{sock.getsockname()[1]}/", time.monotonic()
        assert refusal(url, allowed=ALLOWED, timeout_s=0.3).code == "timeout"
        assert 0.25 < time.monotonic() - start < 2


def test_slow_response_does_not_extend_the_timeout() -> None:
    drops = [b"HTTP/1.1 200 OK\r\n", *[b"X: 1\r\n"] * 30]
    with answering(*drops, pause_s=0.1) as url:
        start = time.monotonic()
        error = refusal(url, allowed=ALLOWED, timeout_s=0.5)
        assert time.monotonic() - start < 1.5
    assert (error.code, error.permanent) == ("timeout", False)


def test_hanging_resolver_costs_no_more_than_the_timeout() -> None:
    hanging = threading.Event()

    def resolver(*_: object) -> list[str]:
        hanging.wait(10)
        return []

    start = time.monotonic()
    error = refusal("http://slow.example/", resolver=resolver, timeout_s=0.2)
    hanging.set()
    assert error.code == "timeout"
    assert time.monotonic() - start < 2


def test_endless_headers_are_cut_off() -> None:
    with answering(b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"x" * 60_000 + b"\r\n"] * 50) as url:
        assert refusal(url, allowed=ALLOWED, timeout_s=5).code == "bad_answer"


def test_response_body_is_not_awaited() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    with answering(head, *[b"x" * 1000] * 10, pause_s=0.05) as url:
        start = time.monotonic()
        assert call(url, allowed=ALLOWED, timeout_s=5).status == 200
        assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("said", "code"),
    [(b"SSH-2.0-OpenSSH\r\n", "bad_answer"), (b"HTTP/1.1 xyz\r\n\r\n", "bad_answer"),
     (b"", "unreachable")],
)  # fmt: skip
def test_non_http_response_is_an_error(said: bytes, code: str) -> None:
    with answering(said) as url:
        assert refusal(url, allowed=ALLOWED, timeout_s=3).code == code


def test_a_closed_port_and_an_unknown_name_are_unreachable() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    for error in (
        refusal(url, allowed=ALLOWED),
        refusal("http://unknown.example/", resolver=lambda *_: []),
    ):
        assert (error.code, error.permanent) == ("unreachable", False)
