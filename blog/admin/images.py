"""The library of pictures: its list, its form, and what the picker asks of the server."""

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from js_asset import Script

from blog import renditions
from blog.admin.lookups import ClosedLookups
from blog.images import ImageFormField
from blog.models import Article, Image
from blog.models.images import find_uses

PER_PAGE = 24


def thumbnail_url(image, width=480):
    """The smallest that is so wide; the picture itself for a name that has no renditions."""
    rows = renditions.names(image.file.name, image.width).get("webp")
    if not rows:
        return image.url
    return default_storage.url(next((name for each, name in rows if each >= width), rows[-1][1]))


def as_json(image):
    return {
        "id": image.pk,
        "url": image.url,
        "thumbnail": thumbnail_url(image),
        "width": image.width,
        "height": image.height,
        "alt": image.alt,
        "name": image.name,
    }


class UploadForm(forms.Form):
    file = ImageFormField(
        error_messages={"required": gettext_lazy("Choose a picture from this device.")}
    )


class ImageForm(forms.ModelForm):
    class Meta:
        widgets = {"alt": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].widget = forms.FileInput(self.fields["file"].widget.attrs)
            # The name of the file is a good one to begin with.
            self.fields["name"].required = False

    def clean_name(self):
        return self.cleaned_data["name"] or Image.name_from(self.files.get("file"))


class LibraryList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        # For the whole page at once.
        uses = find_uses(self.result_list)
        for image in self.result_list:
            image.use_count = len({use.article.pk for use in uses[image.pk]})


@admin.register(Image)
class ImageAdmin(ClosedLookups, admin.ModelAdmin):
    form = ImageForm
    list_display = ["thumbnail", "title", "size", "words", "use"]
    list_display_links = ["thumbnail", "title"]
    list_per_page = PER_PAGE
    search_fields = ["name", "alt"]
    search_help_text = gettext_lazy("Words of the name or of what the picture shows")

    class Media:
        css = {"all": ["css/desk-pictures.css"]}
        js = [Script("js/desk/focus.js", type="module")]

    def get_fields(self, request, obj=None):
        return [
            "shown" if obj else "file",
            "name",
            "alt",
            ("focal_x", "focal_y"),
            *(["used_in", "added"] if obj else []),
        ]

    def get_readonly_fields(self, request, obj=None):
        # Its file stays: editions keep its name, and browsers what was there.
        return ["shown", "used_in", "added"] if obj else []

    def get_changelist(self, request, **kwargs):
        return LibraryList

    def get_urls(self):
        return [
            path(
                "library/", self._door(require_safe(self.library_view)), name="blog_image_library"
            ),
            path("upload/", self._door(require_POST(self.upload_view)), name="blog_image_upload"),
            *super().get_urls(),
        ]

    def _door(self, view):
        return self.admin_site.admin_view(view)

    # The columns

    @admin.display(description="")
    def thumbnail(self, image):
        return format_html(
            '<img class="thumbnail" src="{}" alt="" width="96" height="64" loading="lazy">',
            thumbnail_url(image),
        )

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def title(self, image):
        return image.name

    @admin.display(description=gettext_lazy("size"), ordering="width")
    def size(self, image):
        return f"{image.width} × {image.height}"

    @admin.display(description=gettext_lazy("picture in words"))
    def words(self, image):
        return image.alt or format_html('<span class="quiet">{}</span>', _("none yet"))

    @admin.display(description=gettext_lazy("used in"))
    def use(self, image):
        if not image.use_count:
            return format_html('<span class="quiet">{}</span>', _("nothing"))
        words = ngettext("%d article", "%d articles", image.use_count)
        return words % image.use_count

    # The form

    @admin.display(description=gettext_lazy("picture"))
    def shown(self, image):
        return format_html(
            '<span class="focus" data-focus><img src="{}" width="{}" height="{}" alt="{}"></span>'
            '<span class="help needs-js" data-focus-hint>{}</span>',
            thumbnail_url(image, 1200),
            image.width,
            image.height,
            image.alt,
            _("Click on the subject: it stays in sight where the picture is cropped."),
        )

    @admin.display(description=gettext_lazy("used in"))
    def used_in(self, image):
        uses = image.uses()
        if not uses:
            return _("Nothing, so it can be deleted.")
        return _list_of(uses)

    @admin.display(description=gettext_lazy("added"))
    def added(self, image):
        day = date_format(timezone.localtime(image.created_at), "j F Y")
        return f"{day}, {image.uploaded_by}" if image.uploaded_by else day

    def save_model(self, request, obj, form, change):
        if not change:
            obj.uploaded_by = request.user
        super().save_model(request, obj, form, change)
        # Its subject and its words are part of what readers will see.
        uses = Q(image=obj) | Q(share_image=obj)
        for article in Article.objects.filter(uses) if change else ():
            article.refresh_digest()

    def get_deleted_objects(self, objs, request):
        names, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if uses := [use for rows in find_uses(list(objs)).values() for use in rows]:
            # What is in use stays, whoever asks: that is the reason to give, not a permission.
            return names, counts, set(), [_link(use) for use in uses]
        return names, counts, lacking, protected

    # What the picker asks

    def library_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        found, _may_repeat = self.get_search_results(
            # PostgreSQL takes no text with a zero byte.
            request,
            self.get_queryset(request),
            request.GET.get("q", "").replace("\0", ""),
        )
        paginator = Paginator(found.order_by(*Image._meta.ordering), PER_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        return JsonResponse(
            {
                "pictures": [as_json(image) for image in page],
                "total": paginator.count,
                "next": page.next_page_number() if page.has_next() else None,
            }
        )

    def upload_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(files=request.FILES)
        if not form.is_valid():
            return JsonResponse({"sentence": " ".join(form.errors["file"])}, status=422)
        image = Image.objects.create(
            file=form.cleaned_data["file"],
            name=Image.name_from(request.FILES["file"]),
            uploaded_by=request.user,
        )
        self.log_addition(request, image, [{"added": {}}])
        return JsonResponse(as_json(image), status=201)


def _link(use):
    return format_html('<a href="{}">{}</a>: {}', use.url, use.article, use.place)


def _list_of(uses):
    return format_html(
        "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_link(u),) for u in uses))
    )
