"""Which addresses count as public."""

import pytest

from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.addresses import PUBLIC, Network
from govplan.fetching.special_purpose import is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "193.191.245.10", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_public(address: str) -> None:
    """An address of the public internet is public, behind NAT64 too."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.5.4",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2001::1",
        "2002:0a00:0001::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_not_public(address: str) -> None:
    """Private, loopback, link-local, reserved, multicast and documentation addresses are not, however hidden."""
    assert not is_public(address)


def test_one_private_address_is_enough_to_refuse() -> None:
    """A name with a public and a private address is refused."""
    network = Network(resolve=lambda host, port: ["8.8.8.8", "192.168.0.1"])

    with pytest.raises(SourceRefused, match=r"192\.168\.0\.1"):
        network.addresses("both.example", 443, 5)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433"])
def test_loopback_by_any_name(host: str) -> None:
    """Loopback is refused under each of the names that the system knows for it."""
    with pytest.raises((SourceRefused, SourceUnavailable)):
        PUBLIC.addresses(host, 80, 5)


def test_resolver_without_answer() -> None:
    """A name that the system does not resolve is an error that names it."""

    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(SourceUnavailable, match=r"none\.example.*no such name"):
        Network(resolve=fails).addresses("none.example", 80, 5)
