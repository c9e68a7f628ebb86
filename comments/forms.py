from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Hidden, Layout, Submit
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.models import Edition
from comments import markup
from comments.models import Comment

_signer = signing.Signer(salt="comments.form")


def make_token(edition):
    """Says which edition its reader had in front of them.

    It holds no time and nothing about the reader, so that everybody gets the same page; and no
    key of a row, so that a preview has the same bytes before anything is saved.
    """
    return _signer.sign_object([edition.number, edition.digest])


def read_token(token, article):
    """The edition of this article that the token names, or None."""
    try:
        number, digest = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Edition.objects.filter(article=article, number=number, digest=digest).first()


class TypedText(forms.CharField):
    """Counts what people see, not how their browser writes the end of a line."""

    def to_python(self, value):
        return super().to_python(markup.plain(value or ""))

    def widget_attrs(self, widget):
        # No maxlength: it would cut a text that is pasted, and say nothing.
        return {}

    def validate(self, value):
        super().validate(value)
        if markup.is_blank(value):
            raise ValidationError(self.error_messages["required"], code="required")


class CommentForm(forms.Form):
    about = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose what your comment is about")},
    )
    comment = TypedText(
        label=gettext_lazy("Comment"),
        max_length=Comment.MAX_LENGTH,
        help_text=gettext_lazy(
            "Up to 3,000 characters. Leave out names, dates and places that could identify "
            "somebody, yourself included. **Bold**, *italic*, lists and links work."
        ),
        widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write your comment"),
            "max_length": gettext_lazy(
                "Shorten your comment to 3,000 characters; it has %(show_value)d"
            ),
        },
    )
    name = TypedText(
        label=gettext_lazy("Your name"),
        max_length=80,
        help_text=gettext_lazy("Shown with your comment. A first name or a pen name will do."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "short"}),
        error_messages={
            "required": gettext_lazy("Enter a name; a pen name will do"),
            "max_length": gettext_lazy("The name can have up to 80 characters"),
        },
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "Optional, and never shown. One message comes when a moderator has decided."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "short"}),
        error_messages={
            "invalid": gettext_lazy("Enter an e-mail address in the form name@example.org")
        },
    )
    # For machines that fill in every field they find. People neither see nor reach it.
    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data=None, *, edition, about=""):
        """`edition` is the live one; `about` the key of a point to begin with."""
        super().__init__(data, initial={"about": about}, auto_id="%s")
        self.edition = edition
        self.seen = (
            read_token(self.data.get("token"), edition.article) if self.is_bound else edition
        )
        self.fields["about"].choices = list(self._choices())

    @property
    def helper(self):
        helper = FormHelper()
        helper.form_id = "comment-form"
        helper.form_class = "form"
        helper.disable_csrf = True
        helper.form_action = reverse("comments:write", args=[self.edition.article.slug])
        helper.attrs = {"novalidate": True}
        helper.layout = Layout(
            "about",
            "comment",
            "name",
            "email",
            Field("website", template="evenhand/trap.html"),
            Hidden("token", make_token(self.edition), css_id="token"),
            Submit("", _("Send comment"), css_class="button"),
        )
        return helper

    @property
    def subject(self):
        """The point that is chosen, or None."""
        key = self["about"].value()
        return self.edition.content.point(key) or self._gone.get(key) if key else None

    @property
    def problems(self):
        """Each error with the field to mend, in the order of the page."""
        for field in self:
            for error in field.errors:
                yield field.id_for_label, error
        for error in self.non_field_errors():
            yield self["comment"].id_for_label, error

    def clean_comment(self):
        text = self.cleaned_data["comment"]
        if markup.says_nothing(text):
            raise ValidationError(self.fields["comment"].error_messages["required"])
        return text

    def clean_email(self):
        address = self.cleaned_data["email"]
        try:
            address.rpartition("@")[2].encode("idna")
        except UnicodeError as error:
            # A domain that no mail can be sent to.
            raise ValidationError(self.fields["email"].error_messages["invalid"]) from error
        return address

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(self.fields["website"].label)
        return ""

    def clean(self):
        if self.seen is None:
            raise ValidationError(
                _("This form was out of date. Nothing is lost: send your comment once more")
            )

    def as_comment(self):
        return Comment(
            article=self.edition.article,
            edition=self.seen,
            section_key=self.cleaned_data["about"] or None,
            name=self.cleaned_data["name"],
            email=self.cleaned_data["email"],
            text=self.cleaned_data["comment"],
        )

    def _choices(self):
        content = self.edition.content
        yield "", _("The whole article")
        for side in content.sides:
            if side.points:
                yield side.heading, [_choice(point) for point in side.points]
        if self._gone:
            yield _("Changed since you began"), [_choice(point) for point in self._gone.values()]

    @cached_property
    def _gone(self):
        """Points that the reader had in front of them and that the article no longer has."""
        if self.seen is None or self.seen == self.edition:
            return {}
        content = self.edition.content
        return {
            point.key: point for point in self.seen.content.points if not content.point(point.key)
        }


def _choice(point):
    return point.key, f"{point.name}: {point.heading}"
