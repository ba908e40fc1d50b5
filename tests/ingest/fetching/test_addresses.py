import re
from ipaddress import ip_address, ip_network

import pytest

from services.ingest.domain.fetching.addresses import classify_address

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700::1111",
    "2a00:1450:4001:81b::200e",
    "3ffe:ffff::1",
]
SPECIAL = {
    "0.0.0.0": "this network",  # noqa: S104  (compared)
    "0.255.255.255": "this network",
    "10.0.0.0": "private",
    "10.255.255.255": "private",
    "100.64.0.0": "shared by a provider's customers",
    "100.127.255.255": "shared by a provider's customers",
    "127.0.0.1": "loopback",
    "127.255.255.255": "loopback",
    "169.254.0.0": "link-local",
    "169.254.169.254": "link-local",
    "172.16.0.0": "private",
    "172.31.255.255": "private",
    "192.0.0.9": "of protocols",
    "192.0.0.10": "of protocols",
    "192.0.0.170": "of protocols",
    "192.88.99.1": "a 6to4 relay",
    "192.168.0.0": "private",
    "192.168.255.255": "private",
    "198.18.0.0": "for benchmarks",
    "198.19.255.255": "for benchmarks",
    "203.0.113.1": "for documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "a compatible IPv4 address",
    "::8.8.8.8": "a compatible IPv4 address",
    "::ffff:127.0.0.1": "a mapped IPv4 address",
    "::ffff:8.8.8.8": "a mapped IPv4 address",
    "64:ff9b::7f00:1": "a translated IPv4 address (NAT64)",
    "64:ff9b::808:808": "a translated IPv4 address (NAT64)",
    "64:ff9b:1::a00:1": "a translated IPv4 address (NAT64)",
    "100::1": "reserved",
    "2001::1": "Teredo",
    "2001:1::1": "of protocols",
    "2001:1ff:ffff::": "of protocols",
    "2001:db8::1": "for documentation",
    "2002:7f00:1::": "6to4",
    "2002:808:808::1": "6to4",
    "2a00:1450::5efe:7f00:1": "a tunnelled IPv4 address (ISATAP)",
    "2a00:1450::200:5efe:a00:1": "a tunnelled IPv4 address (ISATAP)",
    "3fff::1": "for documentation",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "fc00::1": "private",
    "fd12:3456::1": "private",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "febf:ffff::1": "link-local",
    "fec0::1": "site-local",
    "feff::1": "site-local",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
}


@pytest.mark.parametrize("written", PUBLIC)
def test_a_public_address_is_not_special(written: str) -> None:
    assert classify_address(ip_address(written)) is None


@pytest.mark.parametrize(("written", "kind"), SPECIAL.items())
def test_a_special_address_is_named_by_its_kind(written: str, kind: str) -> None:
    assert classify_address(ip_address(written)) == kind


def test_nothing_passes_that_python_does_not_call_global() -> None:
    edges = {
        edge
        for written in [*SPECIAL, *PUBLIC]
        for bits in (8, 12, 16, 24)
        for network in [ip_network((ip_address(re.sub("%.*", "", written)), bits), strict=False)]
        for edge in (network[0], network[-1])
    }

    for address in edges:
        if classify_address(address) is None:
            assert address.is_global, address


def test_a_name_of_no_table_is_not_needed_to_refuse_what_is_outside_global_unicast() -> None:
    for first in range(0, 0x10000, 0x100):
        address = ip_address(first << 112 | 1)
        if not 0x2000 <= first < 0x4000:
            assert classify_address(address) is not None, address
