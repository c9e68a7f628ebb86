from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.admin.merging import KeyField, MergingForm
from blog.admin.moments import MomentField
from blog.admin.widgets import MomentInput, OneParagraph
from blog.images import ImageFormField
from blog.models import Article, Edition, Image

SAVE, PUBLISH, SCHEDULE, UNSCHEDULE, EXPIRE, UNPUBLISH, ADD = (
    "_save",
    "_publish",
    "_schedule",
    "_unschedule",
    "_expire",
    "_unpublish",
    "_add",
)
# What changes the pages of readers.
PUBLISHING = {PUBLISH, SCHEDULE, UNSCHEDULE, EXPIRE, UNPUBLISH}


def pressed(data):
    """The name of the button that sent the form."""
    return next((name for name in (*sorted(PUBLISHING), ADD) if name in data), SAVE)


LAST_YEAR = 2200
# So many stand in the list of those who have no JavaScript.
NEWEST_IMAGES = 50
NO_IMAGE = {"image": _("No picture"), "share_image": _("Drawn from the title and the points")}


class ArticleForm(MergingForm):
    title = OneParagraph(
        label=_("Title"),
        max_length=200,
        help_text=Article._meta.get_field("title").help_text,
        error_messages={"required": _("Give the article a title.")},
    )
    search_title = OneParagraph(
        label=_("Title in search results"),
        required=False,
        max_length=120,
        help_text=Article._meta.get_field("search_title").help_text,
    )
    search_description = OneParagraph(
        label=_("Description in search results"),
        required=False,
        max_length=300,
        help_text=Article._meta.get_field("search_description").help_text,
    )
    # Its own field, so that what is no address yet is not saved by itself either: the validators of
    # a model come after its values are set.
    canonical_url = forms.CharField(
        label=_("Address of the original"),
        required=False,
        validators=Article._meta.get_field("canonical_url").validators,
        widget=forms.URLInput,
        help_text=Article._meta.get_field("canonical_url").help_text,
    )
    image_file = ImageFormField(
        label=_("New picture"),
        required=False,
        help_text=_(
            "A file from your computer: JPEG, PNG or WebP, best 1600 pixels wide or more, up to "
            "10 MB. It takes the place of the picture chosen above when you save."
        ),
    )
    go_live_on = MomentField(
        label=_("Go live on"),
        required=False,
        help_text=_(
            "The day and time from which readers see this text; until then they keep what they "
            "have. It counts when you press “Schedule”."
        ),
    )
    take_down_on = MomentField(
        label=_("Take down on"),
        required=False,
        help_text=_(
            "The day and time at which readers stop seeing it; empty means never. It counts once "
            "you publish, schedule or press “Expire”."
        ),
        # So that a colleague who set it meanwhile is not overruled by a form that was open.
        show_hidden_initial=True,
    )
    # So that a new article that was saved by itself meanwhile is not added twice.
    key = KeyField()
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_(
            "A few words for your colleagues, such as “new study in Con 2”. They are kept with the "
            "edition that you publish or schedule; readers do not see them."
        ),
    )
    correction = OneParagraph(
        label=_("What was corrected, for readers"),
        required=False,
        max_length=Edition.MAX_CORRECTION,
        help_text=_(
            "Only when something was wrong that readers may have relied on, such as “Con 2 gave "
            "the wrong dose: it is 5 mg, not 50 mg.” It stands under “Changes” at the end of the "
            "article for good, with the day. It counts when you publish or schedule."
        ),
    )

    class Meta:
        labels = {
            "pros_heading": _("The pros are called"),
            "pros_intro": _("Before the first pro"),
            "cons_heading": _("The cons are called"),
            "cons_intro": _("Before the first con"),
        }
        widgets = {
            "summary": forms.Textarea({"rows": 2}),
            "image_alt": forms.Textarea({"rows": 2}),
            "tags": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.planned = self.uploaded_by = None
        for name in {"title", "summary"} & self.fields.keys():
            # Their labels are for the ear; this is for the eye.
            self.fields[name].widget.attrs["placeholder"] = self.fields[name].label.capitalize()
        for name in NO_IMAGE.keys() & self.fields.keys():
            self.fields[name].widget.choices = self._image_choices(name)
        self.initial["key"] = self.instance.key
        if self.instance.pk:
            editions = self.instance.editions
            self.planned = editions.current_or_scheduled().order_by("live_from").last()
        if self.planned:
            self._stored("take_down_on", self.planned.live_until)
            if self.planned.live_from > timezone.now():
                self._stored("go_live_on", self.planned.live_from)

    def _stored(self, name, at):
        self.initial[name] = self.fields[name].stored = at

    @cached_property
    def parts(self):
        """Each field of the article by itself."""
        columns = {field.name for field in Article._meta.get_fields() if field.concrete}
        return {name: [name] for name in self.fields if name in columns - {"key"}}

    def save(self, commit=True):
        if file := self.cleaned_data.get("image_file"):
            self.instance.image = Image.objects.create(
                file=file,
                name=self.instance.title,
                alt=self.instance.image_alt,
                uploaded_by=self.uploaded_by,
            )
        return super().save(commit)

    @cached_property
    def _newest_images(self):
        return list(Image.objects.values_list("pk", "name")[:NEWEST_IMAGES])

    def _image_choices(self, name):
        """The newest, and the one that is chosen. The picker searches them all."""
        choices = [("", NO_IMAGE[name]), *self._newest_images]
        chosen = str(self[name].value() or "")
        if chosen.isascii() and chosen.isdigit() and int(chosen) not in dict(self._newest_images):
            choices += Image.objects.filter(pk=chosen).values_list("pk", "name")
        return choices

    def clean_go_live_on(self):
        return self._within_reason("go_live_on")

    def clean_take_down_on(self):
        return self._within_reason("take_down_on")

    def _within_reason(self, name):
        at = self.cleaned_data[name]
        if at and not 1970 <= at.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Choose a year up to %d; leave it empty for no limit.") % LAST_YEAR
            )
        return at

    def clean(self):
        cleaned = super().clean()
        self._check_picture(cleaned)
        button = pressed(self.data)
        start, end = cleaned.get("go_live_on"), cleaned.get("take_down_on")
        if button == SCHEDULE and "go_live_on" in cleaned:
            if not start:
                self.add_error("go_live_on", _("Choose the day and the time to go live."))
            elif start <= timezone.now():
                self.add_error(
                    "go_live_on", _("This time has passed. Choose a time in the future.")
                )
        if button in {PUBLISH, SCHEDULE, EXPIRE} and end:
            self._check_end(button, start, end)
        if button == EXPIRE and "take_down_on" in cleaned and not end:
            if not (self.planned and self.planned.live_until):
                self.add_error("take_down_on", _("Choose the day and the time to take it down."))
        return cleaned

    def _check_picture(self, cleaned):
        if cleaned.get("image_decorative") and cleaned.get("image_alt"):
            self.add_error(
                "image_alt",
                _(
                    "Either say what the picture shows, or tick that it is only decoration. "
                    "Empty this, or take the tick away."
                ),
            )

    @property
    def unused_times(self):
        """Times that were typed and that saving alone does not use."""
        shown = MomentInput().format_value
        return [
            self.cleaned_data[name]
            for name in ("go_live_on", "take_down_on")
            if self.cleaned_data.get(name)
            and shown(self.cleaned_data[name]) != shown(self.initial.get(name))
        ]

    def _check_end(self, button, start, end):
        if end <= timezone.now():
            self.add_error("take_down_on", _("This time has passed. Choose a time in the future."))
        elif button == SCHEDULE and start and end <= start:
            self.add_error("take_down_on", _("Choose a time after the one to go live on."))
