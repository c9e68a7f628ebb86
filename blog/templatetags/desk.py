"""What the home page of the desk shows, and how its navigation is sorted.

Each list is one query, however much there is: at most `ROWS` rows, and how many there are in all.
"""

from dataclasses import dataclass, field

from django import template
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Window
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.models import Article, Edition, Review, SignOff, Version
from blog.models.article import Status

register = template.Library()

ROWS = 7


@dataclass(frozen=True)
class Listing:
    rows: list
    count: int

    @property
    def more(self):
        return self.count - len(self.rows)


def listing(queryset):
    rows = list(queryset.annotate(in_all=Window(Count("pk")))[:ROWS])
    return Listing(rows, rows[0].in_all if rows else 0)


def _articles():
    return Article.objects.kept().with_status()


@register.simple_tag
def desk_is_empty():
    return not Article.objects.kept().exists()


@register.simple_tag
def desk_mine(user):
    """In progress, and written by this person or changed last from this account."""
    last = Version.objects.filter(article=OuterRef("pk")).order_by("-saved_at", "-pk")
    articles = _articles().annotate(last_saved_by=Subquery(last.values("saved_by")[:1]))
    mine = Q(author__user=user) | Q(last_saved_by=user.pk)
    return listing(articles.filter(mine).exclude(status=Status.LIVE).with_points())


@register.simple_tag
def desk_awaiting(user):
    """Reviews to decide, and own requests that came back."""
    return listing(Review.objects.awaiting(user))


@register.simple_tag
def desk_changed():
    return listing(_articles().filter(status=Status.LIVE_WITH_CHANGES).with_points())


@register.simple_tag
def desk_overdue():
    signed = SignOff.objects.filter(article=OuterRef("pk")).order_by("-signed_at", "-pk")
    articles = (
        Article.objects.kept()
        .overdue()
        .annotate(signed_at=Subquery(signed.values("signed_at")[:1]))
    )
    return listing(articles.order_by("next_review_on", "pk"))


@register.simple_tag
def desk_scheduled():
    """Editions that go live later: the next one first."""
    editions = Edition.objects.scheduled().select_related("article")
    earlier = Edition.objects.filter(article=OuterRef("article"), live_from__lte=timezone.now())
    return listing(editions.annotate(is_change=Exists(earlier)).order_by("live_from", "pk"))


@register.simple_tag
def desk_published():
    """What readers got last."""
    editions = Edition.objects.live().select_related("article", "created_by")
    return listing(editions.order_by("-live_from", "-pk"))


@register.filter
def days_over(date):
    """How many days ago this date was."""
    return (timezone.localdate() - date).days


# The navigation


@dataclass
class Group:
    name: str
    models: list = field(default_factory=list)


WRITING, MODERATION, SETTINGS = _("Writing"), _("Moderation"), _("Settings")
PLACES = {
    "Article": (WRITING, "i-article"),
    "Image": (WRITING, "i-image"),
    "Person": (WRITING, "i-people"),
    "Category": (WRITING, "i-tag"),
    "Tag": (WRITING, "i-tag"),
    "Comment": (MODERATION, "i-queue"),
    "Decision": (MODERATION, "i-history"),
    "Redirect": (SETTINGS, "i-redirect"),
    "AuditEntry": (SETTINGS, "i-shield"),
    "User": (SETTINGS, "i-key"),
    "Group": (SETTINGS, "i-people"),
}


@register.simple_tag
def desk_navigation(available_apps):
    """Every list that is open to the person, in groups; one that has no place comes last."""
    groups = {name: Group(name) for name in (WRITING, MODERATION, SETTINGS)}
    models = {
        model["object_name"]: model
        for app in available_apps
        for model in app["models"]
        if model.get("admin_url")
    }
    for name in [*PLACES, *sorted(models.keys() - PLACES.keys())]:
        if name in models:
            group, icon = PLACES.get(name, (SETTINGS, "i-list"))
            groups[group].models.append(models[name] | {"icon": icon})
    return [group for group in groups.values() if group.models]
