"""The allow list of internal hosts: what it opens, what it never opens, and what is wrong with an entry."""

import re

import pytest

from govplan.errors import ConfigError, SourceRefused
from govplan.fetching.addresses import Network
from govplan.fetching.allowed import read_allowed
from govplan.fetching.download import fetch
from tests.hostile import TRIPLE, Hostile, head, says


def _network(entries: list[str], **hosts: str) -> Network:
    """A network that allows these entries, in which `_` of a name stands for a dot."""
    known = {name.replace("_", "."): address for name, address in hosts.items()}
    return Network(lambda host, port: [known.get(host, host)], read_allowed(entries, "the test"))


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("10.20.0.0/16", "10.20.30.40", "10.20.30.40"),
        ("10.20.30.40", "10.20.30.40", "10.20.30.40"),
        ("10.20.0.0/16", "data.intern", "10.20.30.40"),
        ("10.20.0.0/16", "data.intern", "::ffff:10.20.30.40"),
        ("data.intern", "data.intern", "192.168.7.1"),
        ("Data.Intern.", "DATA.intern", "172.16.0.9"),
        ("localhost", "localhost", "127.0.0.1"),
        ("localhost", "localhost", "::1"),
        ("fd12:3456::/32", "data.intern", "fd12:3456::7"),
        ("fe80::/10", "data.intern", "fe80::7%eth0"),
        ("100.64.0.0/10", "data.intern", "100.64.0.1"),
        ("169.254.169.254", "169.254.169.254", "169.254.169.254"),
        ("169.254.169.254/32", "data.intern", "169.254.169.254"),
        ("fd00:ec2::254", "data.intern", "fd00:ec2::254"),
        ("10.20.0.0/16", "data.example", "8.8.8.8"),
    ],
)
def test_allowed(entry: str, host: str, address: str) -> None:
    """A host, an address or a network that is listed may be spoken to, and so may the public internet."""
    network = Network(lambda host, port: [address], read_allowed([entry], "the test"))

    assert [address] == network.addresses(host, 443, 5)


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("10.20.0.0/16", "data.intern", "10.21.0.1"),
        ("10.20.0.0/16", "data.intern", "192.168.0.1"),
        ("data.intern", "other.intern", "10.20.30.40"),
        ("intern", "data.intern", "10.20.30.40"),
        ("data.intern", "data.intern", "0.0.0.0"),
        ("data.intern", "data.intern", "::"),
        ("data.intern", "data.intern", "::ffff:0.0.0.0"),
        ("data.intern", "data.intern", "224.0.0.1"),
        ("data.intern", "data.intern", "255.255.255.255"),
        ("data.intern", "data.intern", "169.254.169.254"),
        ("data.intern", "data.intern", "::ffff:169.254.169.254"),
        ("data.intern", "data.intern", "64:ff9b::a9fe:a9fe"),
        ("169.254.0.0/16", "169.254.169.254", "169.254.169.254"),
        ("fd00::/8", "data.intern", "fd00:ec2::254"),
        ("100.64.0.0/10", "data.intern", "100.100.100.200"),
        ("192.0.0.0/24", "data.intern", "192.0.0.192"),
        ("169.254.169.254", "data.intern", "169.254.170.2"),
        ("8.8.8.8", "data.intern", "168.63.129.16"),
        ("2002::/16", "data.intern", "2002:0a14:1e28::1"),
        ("fd12:3456::/32", "data.intern", "fd12:3456::5efe:a9fe:a9fe"),
    ],
)
def test_not_allowed(entry: str, host: str, address: str) -> None:
    """What is not listed stays refused, and the addresses of clouds' secrets unless they are listed themselves."""
    network = Network(lambda host, port: [address], read_allowed([entry], "the test"))

    with pytest.raises(SourceRefused, match=re.escape(address)) as caught:
        network.addresses(host, 443, 5)
    assert "internal_hosts" in str(caught.value.mend)


@pytest.mark.parametrize(
    ("entry", "what", "mend"),
    [
        ("https://data.intern/sparql", "is an address of the web", "the host alone"),
        ("data.intern:8080", "has a port", "write data.intern"),
        ("10.20.30.40/16", "length of a network", "write 10.20.0.0/16"),
        ("*.intern", "is a pattern", "each host"),
        ("[fd12::1]", "in brackets", "write fd12::1"),
        ("0.0.0.0/0", "wider than any internal network", "list the networks"),
        ("::/0", "wider than any internal network", "list the networks"),
        ("127.1", "short form", "write 127.0.0.1"),
        ("0x7f000001", "short form", "write 127.0.0.1"),
        ("données.intern", "is not ASCII", "xn--"),
        ("", "is no host", "write texts"),
        ("a b", "is no host", "write texts"),
        (7, "is no host", "write texts"),
    ],
)
def test_entry_that_cannot_be_used(entry: object, what: str, mend: str) -> None:
    """An entry that is no host, address or network is named, with what to write."""
    with pytest.raises(ConfigError, match=re.escape(what)) as caught:
        read_allowed([entry], "govplan.toml")
    assert repr(entry) in caught.value.what
    assert mend in str(caught.value.mend)
    assert "govplan.toml" == caught.value.where


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("http://second.intern:{port}/good", True),
        ("http://third.intern:{port}/good", False),
        ("http://169.254.169.254/latest", False),
        ("http://[::ffff:a9fe:a9fe]/latest", False),
    ],
)
def test_each_hop_is_judged(hostile: Hostile, target: str, allowed: bool) -> None:
    """A host that is listed leads to another only if that one is public or listed, too."""
    hostile.paths["/on"] = says(head("302 Found", Location=target.format(port=hostile.port), Content_Length=0))
    network = _network(
        ["first.intern", "second.intern"],
        first_intern="127.0.0.1",
        second_intern="127.0.0.1",
        third_intern="127.0.0.1",
    )

    def taken() -> bytes:
        address = hostile.url("/on", "first.intern")
        return fetch(address, accept="text/turtle", seconds=20, max_bytes=1000, network=network).body

    if allowed:
        assert TRIPLE == taken()
    else:
        with pytest.raises(SourceRefused, match="not an address of the public internet"):
            taken()
        assert 1 == len(hostile.requests)
