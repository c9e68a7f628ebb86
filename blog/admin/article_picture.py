"""The picture in the form of an article: chosen from the library, or uploaded."""

from django import forms
from django.core.exceptions import PermissionDenied
from django_prose_editor.widgets import importmap
from js_asset import Media, Script

from blog.admin.images import thumbnail_url
from blog.admin.widgets import MODULES
from blog.models import Image


class PictureSelect(forms.Select):
    """The newest pictures by name, for those without the picker; desk/picture-field.js hides it."""

    @property
    def media(self):
        return Media(
            importmap=importmap | MODULES, js=[Script("js/desk/picture-field.js", type="module")]
        )


class ArticlePicture:
    """For the admin of articles."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in {"image", "share_image"}:
            # Without Django's link to a window of its own: the picker adds pictures.
            return db_field.formfield(widget=PictureSelect)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.FILES.get("image_file") and not request.user.has_perm("blog.add_image"):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_form(self, request, form, change):
        form.uploaded_by = request.user
        return super().save_form(request, form, change)

    def render_change_form(self, request, context, **kwargs):
        form = context["adminform"].form
        image, share_image = (self._chosen(form, name) for name in ("image", "share_image"))
        context |= {
            "image": image,
            "image_thumbnail": image and thumbnail_url(image),
            "share_image": share_image,
            "share_image_thumbnail": share_image and thumbnail_url(share_image),
            "can_add_image": request.user.has_perm("blog.add_image"),
        }
        return super().render_change_form(request, context, **kwargs)

    @staticmethod
    def _chosen(form, name):
        if name not in form.fields:
            return getattr(form.instance, name)
        pk = str(form[name].value() or "")
        return Image.objects.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
