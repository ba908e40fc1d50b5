"""Who calls the API: the person of a bearer token, or whom a trusted proxy names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address

from fastapi import Request
from starlette.datastructures import Headers

from services.notifier.domain.watch.people import Person, Role
from services.refused_request import RefusedRequest
from services.token_file import find_by_token

USER = "x-forwarded-user"
GROUPS = "x-forwarded-groups"
GROUP_PREFIX = "vedette-"
"""The groups `vedette-viewer`, `vedette-analyst` and `vedette-admin` give the roles."""
LONGEST_NAME = 100

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Callers:
    """People by the SHA-256 of their token, and the networks of proxies that name the user.

    A proxy's header counts only in requests that come from these networks: the proxy must remove
    what its own clients send.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    proxies: Sequence[Network] = ()

    def identify(self, request: Request) -> Person:
        """The person behind the request.

        Raises RefusedRequest: 401.
        """
        given = request.headers.get("authorization")
        if given is None and self._is_from_proxy(request):
            return self._read_proxy(request.headers)
        scheme, _, token = (given or "").partition(" ")
        person = find_by_token(self.people, token.strip()) if scheme.lower() == "bearer" else None
        if person is None:
            raise _ask_for_token("unknown token" if given else "a bearer token is needed")
        return person

    def _is_from_proxy(self, request: Request) -> bool:
        if request.client is None or USER not in request.headers:
            return False
        try:
            address = ip_address(request.client.host)
        except ValueError:
            return False
        return any(address in network for network in self.proxies)

    def _read_proxy(self, headers: Headers) -> Person:
        names = headers.getlist(USER)
        if len(names) != 1 or not 0 < len(names[0].strip()) <= LONGEST_NAME:
            raise _ask_for_token(f"{USER} must name one user, in {LONGEST_NAME} characters at most")
        groups = {name.strip() for line in headers.getlist(GROUPS) for name in line.split(",")}
        roles = [role for role in Role if f"{GROUP_PREFIX}{role}" in groups]
        if not roles:
            raise _ask_for_token(f"the user is in no group {GROUP_PREFIX}viewer, -analyst, -admin")
        name = names[0].strip()
        return Person(name, roles[-1], self._find_aliases(name))

    def _find_aliases(self, name: str) -> frozenset[str]:
        """The names that the token file gives to the same person."""
        same = (each for each in self.people.values() if each.is_one_of(frozenset({name})))
        return frozenset(alias for each in same for alias in (each.name, *each.aliases))


def _ask_for_token(message: str) -> RefusedRequest:
    challenge = {"WWW-Authenticate": 'Bearer realm="vedette"'}
    return RefusedRequest(HTTPStatus.UNAUTHORIZED, message, challenge)
