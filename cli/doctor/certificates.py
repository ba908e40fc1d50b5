"""The doctor's look at certificates: how long those that are trusted and shown last."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.doctor.check_result import CheckResult, fault, good
from services.kafka_address import KafkaAddress, split_server

SOON = timedelta(days=21)
CONNECT_SECONDS = 3.0


def examine_certificates(
    address: KafkaAddress, now: datetime, *, has_own: bool
) -> Iterator[CheckResult]:
    """What we trust, if it is not what the system does, and what each broker shows."""
    if address.tls is None:
        return
    for authority in address.tls.get_ca_certs() if has_own else ():
        yield judge_end("trusted authority", authority, now)
    for server in address.server_list:
        yield judge_end(f"certificate of {server}", _ask_server(address.tls, server), now)


def judge_end(subject: str, certificate: Mapping[str, Any], now: datetime) -> CheckResult:
    """How long a certificate lasts."""
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    if end - now < SOON:
        return fault(subject, f"ends on {end:%Y-%m-%d}", "renew it before")
    return good(subject, f"until {end:%Y-%m-%d}")


def _ask_server(tls: ssl.SSLContext, server: str) -> Mapping[str, Any]:
    host, port = split_server(server)
    with (
        socket.create_connection((host, port), CONNECT_SECONDS) as opened,
        tls.wrap_socket(opened, server_hostname=host) as wrapped,
    ):
        return wrapped.getpeercert() or {}
