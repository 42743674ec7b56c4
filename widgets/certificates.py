"""Certificates of honour as pages that whoever has the link may see, and as PDFs to be printed."""

from __future__ import annotations

from flask import Response, render_template, url_for
from markupsafe import Markup

from loyalty.queries import certificates, clubs
from loyalty.rewards.certificates import border, qr
from loyalty.rewards.printing import pdf
from widgets.member import pages


@pages.get("/certificates/<code>")
def certificate(club_code: str, code: str) -> Response:
    """A certificate in the reader's language; where it is shown, it is real."""
    club = clubs.by_code(club_code)
    its = certificates.one(club.id, code, _address(club_code, code))
    page = render_template(
        "member/certificate.html",
        club=club,
        its=its,
        border=Markup(border()),  # noqa: S704 - drawn by us, of numbers only
        qr=Markup(qr(its.url)),  # noqa: S704 - numbers of modules only, drawn by us
    )
    return _unlisted(Response(page))


@pages.get("/certificates/<code>/<any(fa, en):lang>.pdf")
def certificate_pdf(club_code: str, code: str, lang: str) -> Response:
    """The same as a document in one language."""
    club = clubs.by_code(club_code)
    its = certificates.one(club.id, code, _address(club_code, code))
    response = Response(pdf(its, "fa" if lang == "fa" else "en"), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="certificate-{lang}.pdf"'
    return _unlisted(response)


def _address(club_code: str, code: str) -> str:
    return url_for("member.certificate", club_code=club_code, code=code, _external=True)


def _unlisted(response: Response) -> Response:
    """Its address is its only secret: no search engine keeps it, and no other page is told it."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
