"""Which addresses a webhook may have. Pure: names are not looked up, for what they answer may change at any time."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from loyalty.values import Text

LONGEST: Final = 1000

_PRINTABLE: Final = re.compile(r"[!-~]+", re.ASCII)
_AT_HOME: Final = re.compile(
    r"[a-z][a-z0-9_-]*|[a-z0-9_.-]+\.(?:localhost|local|lan|internal|home\.arpa)", re.ASCII | re.IGNORECASE
)
"""Names that only a network of one's own knows: without a dot, or under an ending that is never public."""
_FORM: Final = Text(
    "Write an address such as https://shop.example/hooks, without user and #fragment.",
    "نشانی را به شکل https://shop.example/hooks بنویسید؛ بدون نام کاربری و ‎#.",
)
_PLAIN: Final = Text(
    "Outside of your own network the address must begin with https.",
    "بیرون از شبکهٔ خودتان نشانی باید با https آغاز شود.",
)
_NOBODY: Final = Text("No receiver can live at this address.", "در این نشانی گیرنده‌ای نمی‌تواند باشد.")


def fault(url: str) -> Text | None:
    """What is wrong with an address, if anything."""
    try:
        parts = urlsplit(url)
        wrong = _malformed(url, parts)
    except ValueError:
        return _FORM
    if wrong or parts.hostname is None:
        return _FORM
    try:
        return _of_number(parts.scheme, ipaddress.ip_address(parts.hostname))
    except ValueError:
        at_home = _AT_HOME.fullmatch(parts.hostname.rstrip("."))
        return _PLAIN if parts.scheme == "http" and not at_home else None


def _malformed(url: str, parts: SplitResult) -> bool:
    return (
        len(url) > LONGEST
        or not _PRINTABLE.fullmatch(url)
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.port == 0
        or "@" in parts.netloc
        or "#" in url
    )


def _of_number(scheme: str, number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Text | None:
    number = getattr(number, "ipv4_mapped", None) or number
    if number.is_link_local or number.is_multicast or number.is_unspecified:
        return _NOBODY  # among them the address at which clouds tell a machine its credentials
    return _PLAIN if scheme == "http" and number.is_global else None
