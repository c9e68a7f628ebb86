"""Asking for a review, deciding on it and signing off: the panel of the form, and its own page."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import checks
from blog.admin.findings import field_ids
from blog.admin.widgets import DateInput
from blog.models import Person
from blog.models.reviews import REVIEW


def name_of(account):
    return (account.get_full_name() or account.get_username()) if account else ""


class AccountChoice(forms.ModelChoiceField):
    def label_from_instance(self, account):
        return name_of(account)


class AskForm(forms.Form):
    asked = AccountChoice(
        label=gettext_lazy("Whom to ask"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Anybody who may review"),
    )
    note = forms.CharField(
        label=gettext_lazy("What to look at"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Goes along with the mail."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        accounts = get_user_model().objects.with_perm(
            REVIEW, backend="django.contrib.auth.backends.ModelBackend"
        )
        self.fields["asked"].queryset = (
            accounts.filter(is_staff=True).exclude(pk=user.pk).order_by("username")
        )


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("The one who asked reads it. To return the article it is needed."),
    )
    next_review_on = forms.DateField(
        label=gettext_lazy("Next review"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("For a sign-off: the day by which somebody checks it again."),
    )
    # Content.substance of the text on the screen.
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class ReviewPages(admin.ModelAdmin):
    def has_review_permission(self, request, obj=None):
        return request.user.has_perm(REVIEW) and self.has_view_permission(request, obj)

    def get_urls(self):
        page = path(
            "<path:object_id>/review/",
            self.admin_site.admin_view(self.review_view),
            name="blog_article_review",
        )
        return [page, *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        article = kwargs.get("obj")
        if kwargs.get("change"):
            context |= self._review_context(request, article)
        return super().render_change_form(request, context, **kwargs)

    def _review_context(self, request, article):
        review = article.reviews.select_related("requested_by", "asked", "decided_by").first()
        sign_off = article.last_sign_off
        is_stale = bool(sign_off and sign_off.digest != article.substance)
        compare = reverse("admin:blog_article_compare", args=[quote(article.pk)])
        is_live = article.editions.live().exists()
        return {
            "review": review,
            "review_url": reverse("admin:blog_article_review", args=[quote(article.pk)]),
            "review_changed": bool(review and review.digest != article.substance),
            "sign_off": sign_off,
            "sign_off_is_stale": is_stale,
            "is_overdue": bool(
                article.next_review_on and article.next_review_on < timezone.localdate()
            ),
            "can_review": self.has_review_permission(request, article),
            "compare_url": f"{compare}?from=live&to=draft" if is_live else "",
        }

    # The page

    def review_view(self, request, object_id):
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        article = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._answer(request, article)
        return self._review_page(
            request, article, self._ask_form(request), self._decision_form(article)
        )

    def _ask_form(self, request, data=None):
        return AskForm(data, user=request.user, prefix="ask")

    def _decision_form(self, article, data=None):
        day = article.next_review_on
        later = day if day and day > timezone.localdate() else None
        return DecisionForm(data, initial={"next_review_on": later}, prefix="decide")

    def _answer(self, request, article):
        act = next((act for name, act in self._acts().items() if name in request.POST), None)
        if act is None:
            raise PermissionDenied
        is_asking = act in {self._ask, self._withdraw}
        allowed = self.has_change_permission if is_asking else self.has_review_permission
        if not allowed(request, article):
            raise PermissionDenied
        ask = self._ask_form(request, request.POST if is_asking else None)
        decision = self._decision_form(article, None if is_asking else request.POST)
        form = ask if is_asking else decision
        if form.is_valid():
            try:
                sentence = act(request, article, form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.message_user(request, sentence, messages.SUCCESS)
                return HttpResponseRedirect(
                    reverse("admin:blog_article_review", args=[quote(article.pk)])
                )
        article.refresh_from_db()
        return self._review_page(request, article, ask, decision, status=422)

    def _acts(self):
        return {
            "_ask": self._ask,
            "_withdraw": self._withdraw,
            "_approve": self._approve,
            "_return": self._return,
            "_sign_off": self._sign_off,
        }

    def _review_page(self, request, article, ask, decision, status=200):
        content = article.content()
        may_change = self.has_change_permission(request, article)
        context = {
            **self.admin_site.each_context(request),
            **self._review_context(request, article),
            "opts": self.opts,
            "title": _("Review: %s") % article,
            "original": article,
            "article": article,
            "content": content,
            "seen": content.substance,
            "findings": field_ids(content, checks.findings(content), may_change=may_change),
            "ask": ask,
            "decision": decision,
            "has_change_permission": may_change,
            "person": Person.objects.filter(user=request.user).first(),
            "reviews": article.reviews.select_related("requested_by", "asked", "decided_by")[:10],
            "sign_offs": article.sign_offs.select_related("person")[:10],
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/blog/article/review.html", context, status=status)

    # What the buttons do; each returns the sentence that says so

    def _ask(self, request, article, data):
        review = article.submit_for_review(by=request.user, asked=data["asked"], note=data["note"])
        if review.asked:
            return _("Asked %s for a review. You get a mail with the answer.") % name_of(
                review.asked
            )
        return _("Everybody who may review is asked. You get a mail with the answer.")

    def _withdraw(self, request, article, data):
        self._waiting(article).withdraw(by=request.user)
        return _("Withdrawn. Nobody is asked any more.")

    def _approve(self, request, article, data):
        self._waiting(article).approve(by=request.user, note=data["note"], seen=data["seen"])
        return _("Approved. Whoever asked gets a mail.")

    def _return(self, request, article, data):
        self._waiting(article).return_(by=request.user, note=data["note"], seen=data["seen"])
        return _("Returned. Whoever asked gets a mail with your note.")

    def _sign_off(self, request, article, data):
        article.sign_off(
            by=request.user,
            next_review_on=data["next_review_on"],
            note=data["note"],
            seen=data["seen"],
        )
        self.log_change(request, article, _("Signed off."))
        return _("Signed off. Readers see it from the next edition on, if the text stays as it is.")

    @staticmethod
    def _waiting(article):
        review = article.reviews.waiting().first()
        if review is None:
            raise ValidationError(_("No review is waiting here any more, so nothing was decided."))
        return review
