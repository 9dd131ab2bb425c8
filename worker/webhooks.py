"""Sends what the store's deliveries hold: signed, without redirects, to a public address that was resolved once.

Signature: ``Intake-Signature: t=<unix seconds>,v1=<hex>`` with HMAC-SHA-256 over ``<t>.<body>`` under the
webhook's secret. A receiver should refuse a ``t`` older than five minutes and keep ``Intake-Delivery`` ids it has seen:
a delivery is repeated until it is answered 2xx.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import logging
import socket
import ssl
import threading
import time
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from intake_service.errors import ServiceError
from intake_service.parts import Parts
from intake_service.store import webhooks
from intake_service.store.webhooks import Delivery

EVERY_S = 1.0
ANSWER_S = 10.0
"""For each step: connecting, the next bytes of an answer."""
WHOLE_ANSWER_S = 30.0
"""For all of it: who answers a byte at a time keeps nobody else waiting."""
BACK_OFF_S = (10.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0, 43200.0)
"""Waits after the first, second… failed try; after the last the delivery is given up, about a day later."""

WRAPPING_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""NAT64 (RFC 6052) and IPv4-compatible addresses (RFC 4291): their last 32 bits are the address that is meant."""

log = logging.getLogger(__name__)


class RefusedAddressError(Exception):
    """The name leads to an address that must not be called from here."""


def deliver_until(parts: Parts, stopping: threading.Event, every_s: float = EVERY_S) -> None:
    """Deliver what is due again and again until ``stopping`` is set."""
    while not stopping.is_set():
        try:
            while not stopping.is_set() and deliver_next(parts):
                pass
        except ServiceError as error:
            log.warning("deliveries put off: %s", type(error).__name__)
        except Exception:  # the thread's last door: one odd receiver must not silence all others
            log.exception("a delivery failed in an unforeseen way; others follow")
        stopping.wait(every_s)


def deliver_next(parts: Parts) -> bool:
    """Try the next delivery that is due; False when there is none."""
    with parts.store.read() as tx:
        if not webhooks.any_due(tx):
            return False
    with parts.store.write() as tx:
        delivery = webhooks.take_due(tx)
    if delivery is None:
        return False
    outcome = _try(delivery, private=parts.settings.webhook_private)
    again_in_s = None
    if outcome != "delivered" and delivery.attempts <= len(BACK_OFF_S):
        again_in_s = BACK_OFF_S[delivery.attempts - 1]
    with parts.store.write() as tx:
        webhooks.end_delivery(tx, delivery.id, outcome, again_in_s)
    return True


def sign(secret: str, moment_s: int, body: bytes) -> str:
    """The signature header's value."""
    digest = hmac.new(secret.encode(), f"{moment_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment_s},v1={digest}"


def _try(delivery: Delivery, *, private: bool) -> str:
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "intake-webhook/1",
        "Intake-Event": delivery.event,
        "Intake-Delivery": delivery.id,
        "Intake-Signature": sign(delivery.secret, int(time.time()), body),
    }
    split = urlsplit(delivery.url)
    try:
        connection = _connection(split, _address(split, private=private))
    except (RefusedAddressError, OSError) as error:
        return f"not called: {type(error).__name__}"
    hanging_up = threading.Timer(WHOLE_ANSWER_S, _hang_up, (connection.sock,))
    hanging_up.start()
    try:
        path = (split.path or "/") + (f"?{split.query}" if split.query else "")
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {type(error).__name__}"
    finally:
        hanging_up.cancel()
        connection.close()
    return "delivered" if 200 <= status < 300 else f"answered {status}"


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # the receiver was faster
        line.shutdown(socket.SHUT_RDWR)


def _address(split: SplitResult, *, private: bool) -> str:
    """The one address to call. Raises RefusedAddressError unless every address of the name is public, OSError."""
    port = split.port or (443 if split.scheme == "https" else 80)
    found = [str(info[4][0]) for info in socket.getaddrinfo(split.hostname, port, type=socket.SOCK_STREAM)]
    if not found:
        raise OSError("no address")
    if not private and not all(_is_public(each) for each in found):
        raise RefusedAddressError
    return found[0]


def _is_public(address: str) -> bool:
    """Whether an address may be called; of one that only wraps an IPv4 address, whether that may be."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = parsed.ipv4_mapped or parsed.sixtofour
        if wrapped is None and any(parsed in network for network in WRAPPING_IPV4):
            wrapped = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        parsed = wrapped or parsed
    return parsed.is_global and not parsed.is_multicast


def _connection(split: SplitResult, address: str) -> http.client.HTTPConnection:
    """A connection to ``address`` that speaks, and checks the certificate, for the URL's own name."""
    host = str(split.hostname)
    port = split.port or (443 if split.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    plain = socket.create_connection((address, port), timeout=ANSWER_S)
    connection.sock = plain
    if split.scheme == "https":
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    return connection
