"""Where a request comes from. Nothing else reads the connection's address or the headers of proxies."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

HOUSE_BITS = 64  # of IPv6: one customer's network, whose addresses are free to choose


def _address(text: str) -> str:
    """The address in canonical form, without a port; empty for what is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def client_address(request: HttpRequest) -> str:
    """The address that the outermost of our PROXY_COUNT proxies saw; empty if there is none, as on a socket.

    Each proxy adds at the right whom it saw: what stands further left was written by the client.
    """
    chain = [request.META.get("REMOTE_ADDR", "")]
    if settings.PROXY_COUNT:
        chain = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), *chain]
    trusted = chain[-(settings.PROXY_COUNT + 1) :]
    return next(filter(None, map(_address, trusted)), "")


def network_of(request: HttpRequest) -> str:
    """What is counted as one place: the address, of IPv6 its network."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/{HOUSE_BITS}", strict=False))
