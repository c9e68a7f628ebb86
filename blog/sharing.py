"""What a page says of itself to search engines, and to whoever shows a link to it."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import URLValidator
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from blog.characters import one_line

SHARE_SIZE = (1200, 630)
MAX_DESCRIPTION = 300
# What no address holds unless it is percent-encoded; Django's validator lets it pass.
_NEVER_BARE = re.compile(r'[\s"<>\\^`{|}]')


@dataclass(frozen=True)
class SharedImage:
    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class PageMeta:
    """What templates/blog/_meta.html prints; all addresses are whole."""

    title: str
    description: str
    url: str
    # Empty where no page counts for it, as with the further pages of a list.
    canonical: str
    image: SharedImage
    robots: str
    # As Open Graph names it.
    type: str = "website"
    published: str = ""
    modified: str = ""
    author: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()

    @property
    def locale(self):
        return to_locale(language())


def language():
    """As the page's `lang` has it."""
    return get_language() or settings.LANGUAGE_CODE


def whole(address):
    """The address with this site's name, if it has none yet."""
    return urljoin(f"{settings.SITE_URL}/", address)


def moment(day):
    """The beginning of a day that readers see, with the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time())).isoformat()


def share_image_name(content):
    """Of the picture that is drawn for it, in the storage: the same for the same words."""
    sides = [[point.heading for point in side.points] for side in content.sides]
    digest = hashlib.sha256(json.dumps([content.title, *sides]).encode()).hexdigest()
    return f"share/{digest[:32]}.png"


def is_share_image(name):
    return re.fullmatch(r"share/[0-9a-f]{32}\.png", name) is not None


def whole_https_address(value):
    """A validator."""
    sentence = _(
        "Give the whole address, beginning with https://, such as https://example.org/is-tea-good."
    )
    URLValidator(schemes=["https"], message=sentence)(value)
    if _NEVER_BARE.search(value):
        raise ValidationError(sentence, code="invalid")


def share_image(content):
    """The picture that stands for an article: the editor's choice, else the one that is drawn."""
    chosen = content.share_image
    if chosen:
        return SharedImage(whole(chosen.url), chosen.width, chosen.height, chosen.alt or "")
    url = default_storage.url(share_image_name(content))
    return SharedImage(whole(url), *SHARE_SIZE, one_line(content.title))


def of_article(edition, content, *, index=True):
    """`index` is whether search engines may list the page, if the editor lets them."""
    address = content.canonical_url or whole(edition.get_absolute_url())
    person = content.author and reverse("blog:person", args=[content.author.slug])
    return PageMeta(
        title=one_line(content.search_title or content.title),
        description=_description(content.search_description or content.summary),
        url=address,
        canonical=address,
        robots=_robots(index and not content.noindex),
        image=share_image(content),
        type="article",
        published=moment(edition.published_on),
        modified=moment(edition.updated_on) if edition.updated_on else "",
        author=whole(person) if person else "",
        section=one_line(content.category.name) if content.category else "",
        tags=tuple(one_line(tag.name) for tag in content.tags),
    )


def of_page(*, title, path, description="", index=True, canonical=True, kind=""):
    return PageMeta(
        title=one_line(title),
        description=_description(description),
        url=whole(path),
        canonical=whole(path) if canonical else "",
        robots=_robots(index),
        image=SharedImage(whole(static("img/share.png")), *SHARE_SIZE, settings.SITE_NAME),
        type=kind or "website",
    )


def _robots(index):
    return "max-image-preview:large" if index else "noindex, follow"


def _description(text):
    return Truncator(one_line(text)).chars(MAX_DESCRIPTION)
