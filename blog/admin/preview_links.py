"""The page of an article's preview links: make, copy and revoke them, and see if they were used."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from blog.models import PreviewLink


class LinkForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Stands at the top of the preview, such as “Dr Okafor, to check”."),
    )
    shows = forms.ChoiceField(
        label=gettext_lazy("What it shows"),
        initial="draft",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the link shows.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("For how many days"),
        initial=PreviewLink.DAYS,
        min_value=1,
        max_value=PreviewLink.MOST_DAYS,
        help_text=gettext_lazy("1 to 90. Then it shows nothing any more."),
        error_messages={
            name: gettext_lazy("Choose a number of days from 1 to 90.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )

    def __init__(self, *args, editions, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["shows"].choices = [
            ("draft", _("The draft as it develops")),
            ("now", _("The saved text as it is now, whatever is changed later")),
            *((edition.number, _("Edition %d") % edition.number) for edition in editions),
        ]


class PreviewLinks:
    """For the admin of articles. Whoever may change an article may show it to others."""

    # How many editions can be chosen, the newest first.
    EDITIONS = 10

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/links/", wrap(self.links_view), name="blog_article_links"),
            path(
                "<path:object_id>/links/<int:pk>/revoke/",
                wrap(self.revoke_link_view),
                name="blog_article_revoke_link",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def links_view(self, request, object_id):
        article = self._article_to_show(request, object_id)
        editions = article.editions.order_by("-number")[: self.EDITIONS]
        form = LinkForm(request.POST or None, editions=editions)
        if form.is_valid():
            PreviewLink.objects.make(article, by=request.user, **form.cleaned_data)
            sentence = _("The link is made. Copy its address and send it to those it is for.")
            self.message_user(request, sentence, messages.SUCCESS)
            return HttpResponseRedirect(self._links_address(article))
        context = self.admin_site.each_context(request) | {
            "title": _("Preview links"),
            "subtitle": str(article),
            "opts": self.opts,
            "original": article,
            "form": form,
            "links": links_of(article),
            "time_zone": timezone.get_current_timezone_name(),
            "site": f"{request.scheme}://{request.get_host()}",
        }
        response = TemplateResponse(request, "admin/blog/article/links.html", context)
        # Addresses that open without a login stay on this page.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @method_decorator(require_POST)
    def revoke_link_view(self, request, object_id, pk):
        article = self._article_to_show(request, object_id)
        link = get_object_or_404(PreviewLink, pk=pk, article=article)
        if link.revoke(by=request.user):
            sentence = _("The link is revoked. It shows nothing any more.")
        else:
            sentence = _("The link was closed already.")
        self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(self._links_address(article))

    @staticmethod
    def _links_address(article):
        return reverse("admin:blog_article_links", args=[article.pk])

    def _article_to_show(self, request, object_id):
        article = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if article is None:
            raise Http404
        return article

    def render_change_form(self, request, context, **kwargs):
        if kwargs["change"] and self.has_change_permission(request, kwargs["obj"]):
            context = context | {
                "open_links": PreviewLink.objects.open_().filter(article=kwargs["obj"]).count(),
                "may_share": True,
            }
        return super().render_change_form(request, context, **kwargs)


def links_of(article):
    """Open ones first, with their newest openings."""
    links = article.preview_links.select_related(
        "article", "version", "edition", "created_by", "revoked_by"
    ).prefetch_related("openings")
    now = timezone.now()
    return sorted(links[:100], key=lambda link: not link.is_open(now))
