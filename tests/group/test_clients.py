"""Who is a client: every spelling of an address, and junk that is never a new client."""

import pytest

from govplan.group import client_address, client_keys

PEER = "10.0.0.7"
GOOGLE = "2001:4860:4860::8888"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("8.8.8.8:1234", "8.8.8.8"),
        ("8.8.8.8:_hidden", "8.8.8.8"),
        (" 8.8.8.8\t", "8.8.8.8"),
        ('"8.8.8.8"', "8.8.8.8"),
        ('"8.8.8.8:65535"', "8.8.8.8"),
        ("[8.8.8.8]:80", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("::FFFF:808:808", "8.8.8.8"),
        ("[::ffff:8.8.8.8]:1234", "8.8.8.8"),
        ("0:0:0:0:0:ffff:0808:0808", "8.8.8.8"),
        ("2002:808:808::1", "8.8.8.8"),
        ("2002:808:808:ffff:1:2:3:4", "8.8.8.8"),
        ("64:ff9b::8.8.8.8", "8.8.8.8"),
        ("[64:FF9B::808:808]:5", "8.8.8.8"),
        (GOOGLE, GOOGLE),
        (f"[{GOOGLE}]", GOOGLE),
        (f"[{GOOGLE}]:443", GOOGLE),
        (f'"[{GOOGLE}]:443"', GOOGLE),
        (f"[{GOOGLE}]:_port", GOOGLE),
        (GOOGLE.upper(), GOOGLE),
        ("2001:4860:4860:0:0:0:0:8888", GOOGLE),
        ("2001:4860:4860:0000:0000:0000:0000:8888", GOOGLE),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:443", "fe80::1"),
        ("::1", "::1"),
        ("64:ff9b:1::8.8.8.8", "64:ff9b:1::808:808"),
    ],
)
def test_spellings(entry: str, expected: str) -> None:
    """A proxy may write an address in any spelling, and so may the server that tells who opened the connection."""
    assert expected == client_address(PEER, entry, 1)
    assert expected == client_address(PEER, f"forged, 1.2.3.4,{entry}", 1)
    assert expected == client_address(entry, "", 0)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        " ",
        '"',
        "unknown",
        "UNKNOWN",
        "_hidden",
        "_SEVKISEK",
        "unix:",
        "localhost",
        "8.8.8.8:PORT",
        "8.8.8.8:",
        "8.8.8.8:123456",
        "8.8.8.8 8.8.4.4",
        "8.8.8",
        "8.8.8.256",
        "008.008.008.008",
        "0x08080808",
        "134744072",
        "8.8.8.8/32",
        "for=8.8.8.8",
        "٨.٨.٨.٨",
        "２001:db8::1",
        f"[{GOOGLE}",
        f"{GOOGLE}]",
        f"[[{GOOGLE}]]",
        f"[{GOOGLE}]443",
        f"[{GOOGLE}]:PORT",
        f"{GOOGLE}/64",
        "2001:db8:::1",
        "1:2:3:4:5:6:7:8:9",
        "[]",
        "[]:80",
        "%eth0",
        "8.8.8.8\x00",
        "a" * 100_000,
        "8.8.8.8" + " " * 100_000 + "8.8.8.8",
        f"{GOOGLE}%{'x' * 1000}",
    ],
)
def test_junk_is_the_proxy(entry: str) -> None:
    """Where a proxy tells no address, its client is counted as the proxy: junk never makes a new client."""
    assert PEER == client_address(f"{PEER}:50123", entry, 1)
    assert PEER == client_address(PEER, f"1.2.3.4, {entry}", 1)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("1.1.1.1", 0, PEER),
        ("1.1.1.1", 1, "1.1.1.1"),
        ("1.1.1.1, 2.2.2.2", 1, "2.2.2.2"),
        ("1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("1.1.1.1,2.2.2.2,3.3.3.3", 2, "2.2.2.2"),
        ("1.1.1.1", 2, PEER),
        ("", 3, PEER),
        ("unknown, 2.2.2.2", 2, PEER),
        ("1.1.1.1,, 2.2.2.2", 2, PEER),
        ('"evil, 2.2.2.2', 1, "2.2.2.2"),
        ('"1.1.1.1, 2.2.2.2', 2, "1.1.1.1"),
        (", 2.2.2.2", 1, "2.2.2.2"),
        ("2.2.2.2,", 1, PEER),
    ],
)
def test_hops(forwarded: str, proxies: int, expected: str) -> None:
    """The entry of the outermost trusted proxy counts; what stands before it is only what a client wrote."""
    assert expected == client_address(PEER, forwarded, proxies)


def test_peer_without_an_address() -> None:
    """A connection over a socket of the machine has no address; all such are one client."""
    assert "unix:/run/govplan" == client_address("unix:/run/govplan", "unknown", 1)
    assert ("unix:/run/govplan",) == client_keys("unix:/run/govplan")
    assert "" == client_address("", "", 0)


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("192.0.2.1", ("192.0.2.1",)),
        ("2001:db8:1:2:3:4:5:6", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("2001:db8:1:2::ffff", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("2001:db8:1:3::", ("2001:db8:1:3::/64", "2001:db8:1::/48")),
        ("::ffff:192.0.2.1", ("192.0.2.1",)),
        ("::1", ("::/64", "::/48")),
    ],
)
def test_keys(address: str, keys: tuple[str, ...]) -> None:
    """A client is counted as its IPv4 address, or as the /64 and the /48 of its IPv6 address."""
    assert keys == client_keys(address)
