"""What pages tell machines in the words of schema.org, as one JSON-LD graph a page.

It says nothing that the page does not show. Points have no rich result of their own: positiveNotes
and negativeNotes are for reviews of products, so they are there when an editor names the product.
"""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.characters import one_line
from blog.html import plain, shown_words
from blog.models import Person
from blog.sharing import language, moment, share_image, whole

_WEBSITE, _ORGANIZATION = "/#website", "/#organization"


def article(edition, content, comments, number_of_comments):
    """The graph of an article's page.

    `comments` are those that the page shows; their number is that of all.
    """
    page = whole(edition.get_absolute_url())
    lists = [_points(side, page) for side in content.sides if side.points]
    product = _product(content, page)
    crumbs = _crumbs(_trail(content), page)
    return _graph(
        _article_page(content, page, crumbs),
        _posting(edition, content, page)
        | _lean(mentions=[_reference(each) for each in lists], about=_reference(product))
        | _talk(comments, number_of_comments, page),
        *lists,
        product,
        crumbs,
        _website(),
        _organization(),
    )


def home():
    return _graph(_website(), _organization())


def collection(*, name, path, description="", trail=(), editions=()):
    """The graph of a list of articles.

    `trail` are the pages above it, as pairs of name and path; without it, the home page.
    """
    page = whole(path)
    crumbs = _crumbs([*(trail or [_home()]), (name, path)], page)
    listed = {
        "@type": "ItemList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": one_line(edition.content.title),
                "url": whole(edition.get_absolute_url()),
            }
            for position, edition in enumerate(editions, 1)
        ],
    }
    return _graph(
        _page("CollectionPage", page, name, crumbs)
        | _lean(
            description=one_line(description),
            mainEntity=listed if listed["itemListElement"] else None,
        ),
        crumbs,
        _website(),
        _organization(),
    )


def profile(person):
    page = whole(person.get_absolute_url())
    crumbs = _crumbs([_home(), (person.full_name, person.get_absolute_url())], page)
    subject = _person(person) | _lean(
        description=one_line(person.bio), image=whole(person.photo.url) if person.photo else ""
    )
    return _graph(
        _page("ProfilePage", page, person.full_name, crumbs) | {"mainEntity": subject},
        crumbs,
        _website(),
        _organization(),
    )


def _graph(*nodes):
    return {"@context": "https://schema.org", "@graph": [node for node in nodes if node]}


def _page(kind, page, name, crumbs):
    return {
        "@type": kind,
        "@id": f"{page}#page",
        "url": page,
        "name": one_line(name),
        "inLanguage": language(),
        "isPartOf": {"@id": whole(_WEBSITE)},
    } | _lean(breadcrumb=_reference(crumbs))


def _article_page(content, page, crumbs):
    kind = "MedicalWebPage" if content.is_clinical else "WebPage"
    node = _page(kind, page, content.title, crumbs) | {"mainEntity": {"@id": f"{page}#article"}}
    if content.reviewer and content.reviewed_on:
        node["lastReviewed"] = content.reviewed_on.isoformat()
    return node | _lean(reviewedBy=_person(content.reviewer))


def _posting(edition, content, page):
    published = moment(edition.published_on)
    return {
        "@type": "BlogPosting",
        "@id": f"{page}#article",
        "mainEntityOfPage": {"@id": f"{page}#page"},
        "headline": one_line(content.title),
        "image": _image(content),
        "datePublished": published,
        "dateModified": moment(edition.updated_on) if edition.updated_on else published,
        "inLanguage": language(),
        "publisher": {"@id": whole(_ORGANIZATION)},
    } | _lean(
        description=one_line(content.summary),
        author=[_person(content.author)] if content.author else None,
        articleSection=one_line(content.category.name) if content.category else "",
        keywords=[one_line(tag.name) for tag in content.tags],
        citation=[_citation(source) for source in content.sources],
    )


def _image(content):
    image = content.image or share_image(content)
    return {
        "@type": "ImageObject",
        "url": whole(image.url),
        "width": image.width,
        "height": image.height,
    } | _lean(caption=one_line(content.image.caption) if content.image else "")


def _citation(source):
    publisher = {"@type": "Organization", "name": one_line(source.publisher)}
    return {"@type": "CreativeWork", "name": one_line(source.title)} | _lean(
        url=source.url, publisher=publisher if publisher["name"] else None
    )


def _points(side, page):
    return {
        "@type": "ItemList",
        "@id": f"{page}#{side.kind}s",
        "name": one_line(side.heading),
        "numberOfItems": len(side.points),
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": point.number,
                "name": one_line(point.heading),
                "url": f"{page}#{point.anchor}",
            }
            | _lean(description=one_line(shown_words(point.body)))
            for point in side.points
        ],
    }


def _product(content, page):
    """None without a product, and when there are too few points for anybody to make use of."""
    if not content.product or len(content.points) < 2:
        return None
    notes = {
        name: {"@id": f"{page}#{side.kind}s"}
        for name, side in (("positiveNotes", content.pros), ("negativeNotes", content.cons))
        if side.points
    }
    review = {"@type": "Review", "name": one_line(content.title)} | notes
    return {
        "@type": "Product",
        "@id": f"{page}#product",
        "name": one_line(content.product),
        "review": review | _lean(author=_person(content.author)),
    }


def _talk(comments, number, page):
    return {
        "commentCount": number,
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/CommentAction",
            "userInteractionCount": number,
        },
    } | _lean(comment=[_comment(each, page) for each in comments])


def _comment(comment, page):
    address = f"{page}#{comment.anchor}"
    return {
        "@type": "Comment",
        "@id": address,
        "url": address,
        "text": one_line(plain(comment.body)),
        "datePublished": timezone.localtime(comment.created_at).isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": one_line(comment.name)},
    }


def _person(person):
    """A Person of the database or of an edition; None for none."""
    if person is None:
        return None
    address = whole(reverse("blog:person", args=[person.slug]))
    if person.slug == Person.EDITORIAL_TEAM:
        return {"@type": "Organization", "name": one_line(person.name), "url": address}
    return {"@type": "Person", "name": one_line(person.name), "url": address} | _lean(
        honorificPrefix=one_line(person.honorific), jobTitle=one_line(person.job_title)
    )


def _home():
    return (_("Home"), reverse("blog:home"))


def _trail(content):
    """The steps above an article."""
    topic = content.category
    return [_home(), *([(topic.name, reverse("blog:topic", args=[topic.slug]))] if topic else [])]


def _crumbs(trail, page):
    """None for a single step, which leads nowhere."""
    if len(trail) < 2:
        return None
    return {
        "@type": "BreadcrumbList",
        "@id": f"{page}#crumbs",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": one_line(name),
                "item": {"@type": "WebPage", "@id": whole(path)},
            }
            for position, (name, path) in enumerate(trail, 1)
        ],
    }


def _website():
    return {
        "@type": "WebSite",
        "@id": whole(_WEBSITE),
        "url": whole("/"),
        "name": settings.SITE_NAME,
        "inLanguage": language(),
        "publisher": {"@id": whole(_ORGANIZATION)},
    }


def _organization():
    return {
        "@type": "Organization",
        "@id": whole(_ORGANIZATION),
        "name": settings.SITE_NAME,
        "url": whole("/"),
        "logo": whole(static("img/icon-512.png")),
        "publishingPrinciples": whole(reverse("blog:how_we_work")),
    }


def _reference(node):
    return {"@id": node["@id"]} if node else None


def _lean(**values):
    """Without what is empty: a property with nothing in it is an error to those who read it."""
    return {name: value for name, value in values.items() if value}
