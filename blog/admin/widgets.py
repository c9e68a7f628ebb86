"""What a browser offers by itself where that is enough, and our own rich text where it is not."""

from django import forms
from django.db import models
from django_prose_editor.widgets import ProseEditorWidget, importmap
from js_asset import ImportMap, Media, Script

from blog.html import StaffHTMLField

# Static files have hashed names, and nothing rewrites an import inside JavaScript: modules find
# each other by the names in this map.
MODULES = ImportMap(
    {
        f"desk/{name}": f"js/desk/{name}.js"
        for name in (
            *("announce", "autosave", "backup", "cards", "collapse", "counts", "drag", "figure"),
            *("forms", "paste", "pictures", "places", "prose", "rows", "toolbar"),
        )
    }
)


class ProseWidget(ProseEditorWidget):
    """A textarea that desk/prose.js turns into the prose editor, in our toolbar and skin."""

    def __init__(self, *args, **kwargs):
        kwargs["attrs"] = {"rows": 6} | (kwargs.get("attrs") or {})
        super().__init__(*args, **kwargs)

    @property
    def media(self):
        return Media(
            importmap=importmap | MODULES, js=[Script("js/desk/editors.js", type="module")]
        )


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class OneParagraph(forms.CharField):
    """One line that may be long: it is shown as a box that grows, so it may come with breaks."""

    def __init__(self, *args, placeholder="", **kwargs):
        box = forms.Textarea({"rows": 1, "data-one-line": "", "placeholder": placeholder})
        super().__init__(*args, widget=box, **kwargs)

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class DeskFields:
    """For admins and inlines: native date inputs, https for bare addresses, rich text."""

    formfield_overrides = {
        models.DateField: {"widget": DateInput},
        models.URLField: {"widget": forms.URLInput, "assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, StaffHTMLField):
            kwargs |= {"widget": ProseWidget, "preset": "desk"}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if hasattr(field, "widget") and hasattr(field.widget, "can_change_related"):
            # Adding is at hand while one writes; changing and deleting have their own pages.
            for verb in ("change", "delete", "view"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field
