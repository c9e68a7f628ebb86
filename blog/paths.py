"""Addresses of this site in one form, so that the same address is the same text however it came.

A path is decoded, in Unicode's composed form (NFC), begins with one slash and ends with one, but
for a last part with a dot in it ("/old.html"). Only what would be read as something else stays
percent-encoded: "%", "?", "#" and spaces.
"""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http.request import validate_host
from django.utils.translation import gettext as _

MAX_LENGTH = 500

_ENCODED = re.compile(r"[%?#\s]")
_BAD = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
# What browsers take for the beginning of another site or of a script.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def of_request(path_info):
    """The path of a request, which Django has decoded already; None for one that cannot be."""
    try:
        return _canonical(path_info)
    except ValidationError:
        return None


def typed_path(text):
    """What somebody typed as an address of this site. Raises ValidationError."""
    text = text.strip()
    if is_external(text):
        text = _own_address(text)
        if text is None:
            raise ValidationError(
                _("This is an address of another website. Give one of this site, such as %s.")
                % "/articles/old/"
            )
    path, _query, _fragment = split(text)
    return _canonical(_decoded(path))


def typed_target(text):
    """What somebody typed as a destination: a path, its query and fragment kept, or an https
    address. Raises ValidationError."""
    text = text.strip()
    if is_external(text):
        own = _own_address(text)
        if own is None:
            return _https(text)
        text = own
    elif not text.startswith("/") and re.match(r"[^/?#]*\.", text):
        raise ValidationError(_wrong_target())
    path, query, fragment = split(text)
    if _BAD.search(query + fragment):
        raise ValidationError(_wrong_target())
    query, fragment = re.sub(r"\s", "%20", query), re.sub(r"\s", "%20", fragment)
    return _short(join(_canonical(_decoded(path)), query=query, fragment=fragment))


def is_external(target):
    return bool(_SCHEME.match(target)) or target.startswith("//")


def split(target):
    """(path, query, fragment) of an address of this site."""
    rest, _sign, fragment = target.partition("#")
    path, _sign, query = rest.partition("?")
    return path, query, fragment


def join(target, *, beyond="", query="", fragment=""):
    """`target` with more path, more query and another fragment after it."""
    path, own_query, own_fragment = split(target)
    query = "&".join(part for part in (own_query, query) if part)
    fragment = fragment or own_fragment
    return "".join([path, beyond, f"?{query}" if query else "", f"#{fragment}" if fragment else ""])


def _canonical(path):
    path = unicodedata.normalize("NFC", path)
    if _BAD.search(path) or {".", ".."} & set(path.split("/")):
        raise ValidationError(_("This is no address: it has characters that none can have."))
    path = re.sub("/{2,}", "/", f"/{path}")
    path = _ENCODED.sub(lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), path)
    last = path.rstrip("/").rpartition("/")[2]
    path = path.rstrip("/") + ("" if "." in last else "/")
    return _short(path)


def _decoded(path):
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("This is no address: what stands after a % sign is no character.")
        ) from error


def _short(address):
    if len(address) > MAX_LENGTH:
        raise ValidationError(_("This address has more than %d characters.") % MAX_LENGTH)
    return address


def _own_address(address):
    """The part after the host when it is a host of this site, else None."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError as error:
        raise ValidationError(_wrong_target()) from error
    hosts = [urlsplit(settings.SITE_URL).hostname]
    hosts += [name for name in settings.ALLOWED_HOSTS if name != "*"]
    if parts.scheme not in {"http", "https", ""} or not validate_host(host, hosts):
        return None
    return join(parts.path or "/", query=parts.query, fragment=parts.fragment)


def _https(address):
    try:
        URLValidator(schemes=["https"])(address)
    except ValidationError as error:
        raise ValidationError(_wrong_target()) from error
    if "@" in urlsplit(address).netloc or "\\" in address:
        raise ValidationError(_wrong_target())
    return _short(address)


def _wrong_target():
    return _(
        "Give an address of this site that begins with /, or one of another website that begins "
        "with https://."
    )
