"""The account: whether the token is good, which numbers it has, how fast it may send.

The token is entered once, kept in the system's keyring, and never shown again.
"""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.environment import base_url
from bulksms.keychain import forget_token, keep_token
from bulksms.model.errors import InputError
from bulksms.model.settings import DEFAULT_BASE_URL
from bulksms.web.site import site_of, text

_PAGE = "/account"


def index(request: Request) -> Response:
    """How the account stands."""
    site = site_of(request)
    address = base_url()
    return site.page(
        request,
        "account.html",
        standing=site.vendor.standing(),
        rate=site.rate,
        elsewhere=address if address != DEFAULT_BASE_URL else "",
    )


def keep(request: Request, form: FormData) -> Response:
    """Put a token into the keyring."""
    site = site_of(request)
    token = text(form, "token")
    if not token or not token.isascii() or not token.isprintable():
        raise InputError("That is no token: copy it from Easify, under Settings > API Settings.")
    keep_token(token)
    site.vendor.forget()
    return site.done(request, _PAGE, "The token is kept in this system's keyring.")


def forget(request: Request, _form: FormData) -> Response:
    """Take the token out of the keyring."""
    site = site_of(request)
    forget_token()
    site.vendor.forget()
    return site.done(request, _PAGE, "The token was taken out of the keyring.")


def look_again(request: Request, _form: FormData) -> Response:
    """Ask the vendor now, whatever was seen a while ago."""
    site = site_of(request)
    site.vendor.forget()
    return site.done(request, _PAGE)
