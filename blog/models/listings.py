"""The rows by which lists find editions of a tag or a person.

They are made with the edition, from what it says, and never change. Whether readers see it is asked
of the edition.
"""

from django.db import models

from blog.models.live import is_live
from blog.models.people import Person


class ListingQuerySet(models.QuerySet):
    def live(self, now=None):
        return self.filter(is_live(now, via="edition__"))

    def newest_first(self):
        return self.select_related("edition__article").order_by("-published_on", "-edition_id")


class Listing(models.Model):
    edition = models.ForeignKey(
        "blog.Edition", on_delete=models.CASCADE, related_name="%(class)ss", db_index=False
    )
    # As in the edition: here for the order.
    published_on = models.DateField()

    objects = ListingQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = []

    def __str__(self):
        return str(self.edition)


class TagListing(Listing):
    """By the tag's address as the edition has it: the tag may be renamed or deleted since."""

    slug = models.CharField(max_length=200)

    class Meta(Listing.Meta):
        indexes = [models.Index("slug", "published_on", "edition", name="tag_listing_newest")]
        constraints = [models.UniqueConstraint(fields=["edition", "slug"], name="tag_listing_once")]


class PersonListing(Listing):
    """For the author, and for the reviewer."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="listings", db_index=False
    )

    class Meta(Listing.Meta):
        indexes = [models.Index("person", "published_on", "edition", name="person_listing_newest")]
        constraints = [
            models.UniqueConstraint(fields=["edition", "person"], name="person_listing_once")
        ]


def enlist(editions):
    """Make the rows of editions that have just been stored."""
    tags, people = [], []
    for edition in editions:
        same = {"edition": edition, "published_on": edition.published_on}
        slugs = {tag["slug"] for tag in edition.data["tags"]}
        tags += [TagListing(**same, slug=slug) for slug in sorted(slugs)]
        named = {edition.author_id, edition.reviewer_id} - {None}
        people += [PersonListing(**same, person_id=pk) for pk in sorted(named)]
    TagListing.objects.bulk_create(tags, batch_size=1000)
    PersonListing.objects.bulk_create(people, batch_size=1000)
