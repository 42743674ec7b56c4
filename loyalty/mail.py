"""E-mail over SMTP: a letter as a message in its language, and the server that takes it."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import certifi

from loyalty.letters import Letter, Undeliverable

PATIENCE: Final = 10.0
"""Seconds for the server to take each step."""
_PORTS: Final = {"smtp": 587, "smtps": 465}
_FOR_GOOD: Final = 500
"""SMTP's answers from here on mean: not later either."""


class Server(NamedTuple):
    """Whom e-mails are handed to."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str


def server_of(url: str) -> Server:
    """A server by its address: `smtps://` speaks TLS, `smtp://` turns to it (STARTTLS) unless it ends in `?tls=no`.

    Raises:
        ValueError: not such an address.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("LOYALTY_SMTP_URL is not of the form smtp://user:password@host:port")
    plain = parse_qs(parts.query).get("tls") == ["no"]
    security: Literal["tls", "starttls", "none"] = "tls" if parts.scheme == "smtps" else "none" if plain else "starttls"
    port = parts.port or _PORTS[parts.scheme]
    return Server(parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or ""))


def send(server: Server, from_: str, letter: Letter) -> None:
    """Hand a letter to the server.

    Raises:
        Undeliverable: the address is none, or the server refuses it or the letter for good.
        OSError: the server can't be reached, or can't take it now (`smtplib.SMTPException`).
    """
    message = written(letter, from_)
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # for machines that trust nobody of their own
    if server.security == "tls":
        link: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    with link:
        if server.security == "starttls":
            link.starttls(context=context)
        if server.user:
            link.login(server.user, server.password)
        try:
            link.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _refusal(code, said) from refused
        except smtplib.SMTPDataError as refused:
            raise _refusal(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPNotSupportedError as refused:
            raise Undeliverable(str(refused)) from refused


def _refusal(code: int, said: bytes | str) -> Exception:
    text = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return Undeliverable(text) if code >= _FOR_GOOD else OSError(text)


def written(letter: Letter, from_: str) -> EmailMessage:
    """A letter as an e-mail: plain, and as HTML that says in which direction it is read.

    Raises:
        Undeliverable: the address is none.
    """
    message = EmailMessage()
    message["Subject"] = letter.title
    message["From"] = Address(letter.sender, addr_spec=from_)
    try:
        message["To"] = Address(addr_spec=letter.to)
    except Exception as error:  # whatever the parser of addresses stumbles over
        raise Undeliverable(f"not an address: {error}") from error
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.id}@{from_.rpartition('@')[2]}>"
    message["Content-Language"] = letter.lang
    message["Auto-Submitted"] = "auto-generated"
    if letter.page:
        message["List-Unsubscribe"] = f"<{letter.page}>"
    message.set_content(letter.body)
    message.add_alternative(_html(letter), subtype="html")
    return message


def _html(letter: Letter) -> str:
    direction = "rtl" if letter.lang == "fa" else "ltr"
    paragraphs = "".join(f"<p>{_paragraph(text)}</p>\n" for text in letter.body.strip().split("\n\n"))
    return (
        f'<!doctype html>\n<html lang="{letter.lang}" dir="{direction}">\n<head><meta charset="utf-8">'
        f"<title>{escape(letter.title)}</title></head>\n"
        f'<body style="font:16px/1.8 Vazirmatn,Tahoma,sans-serif;color:#16213e;max-width:36em;margin:1.5em auto;'
        f'padding:0 1em" dir="{direction}">\n<h1 style="font-size:1.3em">{escape(letter.title)}</h1>\n'
        f"{paragraphs}</body>\n</html>\n"
    )


def _paragraph(text: str) -> str:
    """A paragraph; one that is nothing but an address leads there."""
    said = escape(text)
    if text.startswith(("https://", "http://")) and not text.split(maxsplit=1)[1:]:
        return f'<a href="{said}" dir="ltr">{said}</a>'
    return said.replace("\n", "<br>\n")
