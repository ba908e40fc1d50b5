"""Why Kafka does not admit a client.

The clients only log it: kafka-python tries again for the whole of its time-out, and then says that
nobody answered.
"""

import asyncio
import ssl

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from services.kafka_address import KafkaAddress, split_server

ASK_MS = 1_500
REFUSALS = (AuthenticationFailedError, IllegalSaslStateError, SaslAuthenticationFailed)
SASL_VARIABLES = "VEDETTE_KAFKA_SASL_USERNAME and VEDETTE_KAFKA_SASL_PASSWORD"


async def ask_refusal(address: KafkaAddress) -> str | None:
    """Why the first broker that answers refuses us, with the variables to look at; else None.

    Takes 1.5 seconds a broker at most. Without TLS and user there is nothing to refuse.
    """
    if address.protocol == "PLAINTEXT":
        return None
    options = address.client_options()
    for server in options.pop("bootstrap_servers"):
        host, port = split_server(server)
        try:
            connection = await create_conn(host, port, request_timeout_ms=ASK_MS, **options)
        except (KafkaError, OSError) as error:
            if (reason := describe_refusal(error, address)) is not None:
                return f"{server} refuses us: {reason}"
        else:
            connection.close()
            return None
    return None


def find_refusal(address: KafkaAddress) -> str | None:
    """As `ask_refusal`, from a thread without an event loop; blocks."""
    return asyncio.run(ask_refusal(address))


def describe_refusal(error: Exception, address: KafkaAddress) -> str | None:
    """What is wrong and what to do; None where the error is no refusal."""
    user = "" if address.login is None else address.login.username
    if isinstance(error, UnsupportedSaslMechanismError):
        return f"{error}; set VEDETTE_KAFKA_SASL_MECHANISM"
    if isinstance(error, REFUSALS):
        return f"user {user} or its password is wrong; see {SASL_VARIABLES}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}; see VEDETTE_KAFKA_CA_FILE"
    if isinstance(error, ssl.SSLError):
        return (
            f"TLS fails: {error.reason}; see VEDETTE_KAFKA_SECURITY_PROTOCOL, "
            "VEDETTE_KAFKA_CERT_FILE and whether the port is one for TLS"
        )
    return None
