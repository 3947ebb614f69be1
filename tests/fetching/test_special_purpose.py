"""The registries of special-purpose addresses, row by row, and IPv4 addresses in the disguises of IPv6."""

import ipaddress

import pytest

from govplan.fetching.special_purpose import BEYOND, REGISTRY, Row, hidden, is_public, row_of

ROWS = [*REGISTRY, *BEYOND]
TRANSLATED = {"::ffff:0:0/96", "64:ff9b::/96", "2002::/16"}


def _ends(row: Row) -> list[str]:
    """The first and the last address of a row."""
    return [str(row.block[0]), str(row.block[-1])]


@pytest.mark.parametrize(
    "row", [each for each in ROWS if str(each.block) not in TRANSLATED], ids=lambda r: str(r.block)
)
def test_each_row(row: Row) -> None:
    """The first and the last address of a row are public if its narrowest row says that they are reachable."""
    for text in _ends(row):
        narrowest = row_of(ipaddress.ip_address(text))
        assert narrowest is not None
        assert (narrowest.globally_reachable is True) == is_public(text), text


def test_rows_are_those_of_iana() -> None:
    """The two registries have 51 rows; 14 blocks are reachable, 4 have no answer, and no block stands twice."""
    assert 51 == len(REGISTRY)
    assert len(ROWS) == len({row.block for row in ROWS})
    assert {
        "192.0.0.9/32",
        "192.0.0.10/32",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.175.48.0/24",
        "64:ff9b::/96",
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:20::/28",
        "2001:30::/28",
        "2620:4f:8000::/48",
    } == {str(row.block) for row in REGISTRY if row.globally_reachable}
    assert {"192.88.99.0/24", "2001::/32", "2001:10::/28", "2002::/16"} == {
        str(row.block) for row in REGISTRY if row.globally_reachable is None
    }


@pytest.mark.parametrize(
    "address",
    [
        "192.0.0.1",
        "192.0.0.8",
        "192.0.0.170",
        "192.88.99.1",
        "192.88.99.2",
        "198.19.255.255",
        "239.255.255.255",
        "100:0:0:1::1",
        "2001:2::1",
        "2001:10::1",
        "2001:1ff::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "4000::1",
        "1::1",
        "e000::1",
    ],
)
def test_inside_a_row(address: str) -> None:
    """An address within a row that is not reachable is not public; nor is space that nobody was given."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["192.0.0.9", "192.0.0.10", "192.0.1.1", "192.88.98.1", "2001:1::1", "2001:200::1", "3ffe::1", "2620::1"]
)
def test_beside_a_row(address: str) -> None:
    """An address beside the rows, or in a narrower one that is reachable, is public."""
    assert is_public(address)


@pytest.mark.parametrize("inner", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "192.0.0.8", "192.88.99.1"])
@pytest.mark.parametrize(
    "form",
    [
        "::ffff:{v4}",
        "::{v4}",
        "64:ff9b::{v4}",
        "64:ff9b:1::{v4}",
        "2002:{hex}::1",
        "2001:0:{hex}::f7f7:f7f7",
        "2001:0:808:808::{flipped}",
        "2a02::5efe:{v4}",
        "2a02::200:5efe:{v4}",
        "fe80::5efe:{v4}",
    ],
)
def test_hidden(form: str, inner: str) -> None:
    """An IPv4 address that is not public is not public in any of the forms that IPv6 gives it."""
    number = int(ipaddress.IPv4Address(inner))
    flipped = number ^ 0xFFFFFFFF
    address = form.format(
        v4=inner, hex=f"{number >> 16:x}:{number & 0xFFFF:x}", flipped=f"{flipped >> 16:x}:{flipped & 0xFFFF:x}"
    )

    assert not is_public(address)
    assert inner in {str(each) for each in hidden(ipaddress.ip_address(address))}


@pytest.mark.parametrize("address", ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2a02::5efe:8.8.8.8"])
def test_hidden_public(address: str) -> None:
    """A public IPv4 address is public behind a translator, and in an ISATAP address of a public prefix."""
    assert is_public(address)


@pytest.mark.parametrize("address", ["::8.8.8.8", "2001:0:808:808::f7f7:f7f7", "64:ff9b:1::8.8.8.8"])
def test_hidden_in_a_form_that_leads_nowhere(address: str) -> None:
    """A public IPv4 address does not make public what the registries do not call reachable."""
    assert not is_public(address)
