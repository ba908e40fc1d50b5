"""Which addresses of the network a source may lead to: public ones, unless its file allows more.

`is_global` of Python is no guard: it passes multicast and addresses that carry another one.
The tables follow IANA's registries of special-purpose addresses.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_IPV4: Mapping[str, str] = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a provider's customers",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "of protocols",
    "192.0.2.0/24": "for documentation",
    "192.31.196.0/24": "of protocols",
    "192.52.193.0/24": "of protocols",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "of protocols",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_IPV6: Mapping[str, str] = {
    "::1/128": "loopback",
    "::/128": "unspecified",
    "::ffff:0:0/96": "a mapped IPv4 address",
    "::/96": "a compatible IPv4 address",
    "64:ff9b::/96": "a translated IPv4 address (NAT64)",
    "64:ff9b:1::/48": "a translated IPv4 address (NAT64)",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    "2001::/32": "Teredo",
    "2001::/23": "of protocols",
    "2001:db8::/32": "for documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "of protocols",
    "3fff::/20": "for documentation",
}
_SPECIAL_IPV4 = tuple((IPv4Network(block), kind) for block, kind in _IPV4.items())
_SPECIAL_IPV6 = tuple((IPv6Network(block), kind) for block, kind in _IPV6.items())
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# the interface part of ISATAP: an IPv4 address follows
_ISATAP = (0x00005EFE, 0x02005EFE)


def classify_address(address: Address) -> str | None:
    """What is special about the address, in words, or None: it is a public one."""
    if isinstance(address, IPv4Address):
        return next((kind for block, kind in _SPECIAL_IPV4 if address in block), None)
    kind = next((kind for block, kind in _SPECIAL_IPV6 if address in block), None)
    if kind is None and address not in _GLOBAL_UNICAST:
        return "reserved"
    if kind is None and (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "a tunnelled IPv4 address (ISATAP)"
    return kind
