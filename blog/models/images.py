from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.images import ImageField, random_name


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

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return self.name

    @property
    def url(self):
        return self.file.url
