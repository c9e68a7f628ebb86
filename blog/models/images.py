import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.apps import apps
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import ExpressionWrapper, ProtectedError, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog import renditions
from blog.images import ImageField, random_name


@dataclass(frozen=True)
class Use:
    """One place where a picture is used, in words, and the article it belongs to."""

    article: models.Model
    place: str

    @property
    def url(self):
        return reverse("admin:blog_article_change", args=[self.article.pk])

    def __str__(self):
        return f"{self.article}: {self.place}"


class ImageQuerySet(models.QuerySet):
    def delete(self):
        """Raises ProtectedError, whose objects are Uses, when one of them is in use."""
        images = list(self)
        if uses := [use for rows in find_uses(images).values() for use in rows]:
            raise ProtectedError(_in_use(uses), uses)
        with transaction.atomic():
            deleted = super().delete()
            for image in images:
                _delete_files_later(image.file.name)
        return deleted

    delete.alters_data = True
    delete.queryset_only = True


class Image(models.Model):
    """A picture in the library. Articles refer to it; editions keep the name of its file."""

    file = ImageField(
        _("file"),
        upload_to=random_name("images"),
        width_field="width",
        height_field="height",
        help_text=_("JPEG, PNG or WebP, best 1600 pixels wide or more, up to 10 MB."),
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_("How you and your colleagues find it again. Readers do not see it."),
    )
    alt = models.CharField(
        _("picture in words"),
        max_length=300,
        blank=True,
        help_text=_(
            "What the picture shows, for those who cannot see it. "
            "It is proposed wherever the picture is used."
        ),
    )
    focal_x = models.PositiveSmallIntegerField(
        _("subject, from the left"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent. Where a picture is cropped, this part of it stays in sight."),
    )
    focal_y = models.PositiveSmallIntegerField(
        _("subject, from the top"), default=50, validators=[MaxValueValidator(100)]
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return self.name

    @property
    def url(self):
        return self.file.url

    @staticmethod
    def name_from(upload):
        """What to call a picture that nobody has given a name: as its file was called."""
        stem = getattr(upload, "name", "").rpartition(".")[0]
        return " ".join(re.sub(r"[\W_]+", " ", stem).split())[:200] or gettext("Picture")

    def uses(self):
        """Where it is used: in working copies, editions and saved versions. Five queries."""
        return find_uses([self])[self.pk]

    def delete(self, *args, **kwargs):
        """Its files go with it. Raises ProtectedError, whose objects are Uses."""
        if uses := self.uses():
            raise ProtectedError(_in_use(uses), uses)
        with transaction.atomic():
            _delete_files_later(self.file.name)
            return super().delete(*args, **kwargs)


def _delete_files_later(name):
    transaction.on_commit(lambda: renditions.delete(name))


def _in_use(uses):
    return gettext("The picture is in use: %s") % "; ".join(str(use) for use in uses)


def find_uses(images):
    """The Uses of each of these pictures, by its primary key, in five queries.

    Texts hold the name of a file and no reference to a row, so the database searches every text
    for it.
    """
    found = {image.pk: [] for image in images}
    # What the names of the file and of its renditions have in common.
    marks = {image.pk: image.file.name.rpartition(".")[0] for image in images if image.file}
    if not marks:
        return found
    for article in _model("Article").filter(Q(image__in=marks) | Q(share_image__in=marks)):
        if article.image_id in found:
            found[article.image_id].append(Use(article, gettext("the picture at the top")))
        if article.share_image_id in found:
            found[article.share_image_id].append(Use(article, gettext("the picture for sharing")))
    for row, article, place in _rows_with(marks):
        use = Use(article, place)
        for pk in marks:
            if getattr(row, f"has_{pk}") and use not in found[pk]:
                found[pk].append(use)
    return found


def _rows_with(marks):
    """Rows whose text holds one of these, the article they belong to, and what they are called."""
    for article in _marked(_model("Article"), marks, "pros_intro", "cons_intro"):
        yield article, article, gettext("the text before the points")
    for section in _marked(_model("Section").select_related("article"), marks, "body"):
        yield section, section.article, section.heading or gettext("a text")
    for name in ("Edition", "Version"):
        rows = _model(name).select_related("article").annotate(text=Cast("data", TextField()))
        for row in _marked(rows.defer("data"), marks, "text"):
            place = _edition(row) if name == "Edition" else gettext("an earlier saved version")
            yield row, row.article, place


def _marked(rows, marks, *fields):
    conditions = {
        f"has_{pk}": reduce(or_, (Q(**{f"{field}__contains": mark}) for field in fields))
        for pk, mark in marks.items()
    }
    flags = {
        name: ExpressionWrapper(condition, output_field=models.BooleanField())
        for name, condition in conditions.items()
    }
    return rows.annotate(**flags).filter(reduce(or_, conditions.values()))


def _model(name):
    # They refer to this module themselves.
    return apps.get_model("blog", name).objects.all()


def _edition(edition):
    now = timezone.now()
    if edition.live_from and edition.live_from > now:
        return gettext("edition %d, scheduled") % edition.number
    if edition.live_from and (edition.live_until is None or edition.live_until > now):
        return gettext("edition %d, which readers see") % edition.number
    return gettext("edition %d, which can be restored") % edition.number
