"""The accounts: whether a token is good, which numbers an account has, how fast it may send.

A token is entered once, kept in the system's keyring, and never shown again. What else is said of
an account is said on the command line (`bulksms accounts`).
"""

from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.environment import base_url
from bulksms.keychain import forget_token, has_keyring, instead_of_keyring, keep_token
from bulksms.model.accounts import DEFAULT_NAME, Account, Keeper
from bulksms.model.errors import ConfigError, InputError
from bulksms.model.settings import DEFAULT_BASE_URL
from bulksms.tokens import in_keyring, place_of
from bulksms.web.site import Site, site_of, text

_PAGE = "/account"


def index(request: Request) -> Response:
    """How the account that the address names stands, and which others there are."""
    site = site_of(request)
    account = site.store.accounts.named(request.query_params.get("name", DEFAULT_NAME))
    place, address = place_of(account), base_url()
    return site.page(
        request,
        "account.html",
        account=account,
        place=place,
        enterable=place.keeper is Keeper.KEYRING if place else has_keyring(),
        instead=instead_of_keyring(account.name),
        standing=site.vendor.standing(account),
        rate=site.rate.of(account),
        others=[name for name in site.account_names() if name != account.name],
        elsewhere=address if address != DEFAULT_BASE_URL else "",
    )


def keep(request: Request, form: FormData) -> Response:
    """Put a token into the keyring."""
    site, account = _of_form(request, form)
    token = text(form, "token")
    if not token or not token.isascii() or not token.isprintable():
        raise InputError("That is no token: copy it from Easify, under Settings > API Settings.")
    if place_of(account) not in {None, in_keyring(account.name)}:
        raise ConfigError(f"The token of the account '{account.name}' is kept elsewhere.")
    keep_token(token, account.name)
    return _done(request, site, account, "The token is kept in this system's keyring.")


def forget(request: Request, form: FormData) -> Response:
    """Take the token out of the keyring."""
    site, account = _of_form(request, form)
    forget_token(account.name)
    return _done(request, site, account, "The token was taken out of the keyring.")


def look_again(request: Request, form: FormData) -> Response:
    """Ask the vendor now, whatever was seen a while ago."""
    return _done(request, *_of_form(request, form))


def _of_form(request: Request, form: FormData) -> tuple[Site, Account]:
    site = site_of(request)
    return site, site.store.accounts.named(text(form, "name") or DEFAULT_NAME)


def _done(request: Request, site: Site, account: Account, said: str = "") -> Response:
    site.vendor.forget(account.name)
    query = "" if account.name == DEFAULT_NAME else f"?{urlencode({'name': account.name})}"
    return site.done(request, f"{_PAGE}{query}", said)
