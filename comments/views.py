from django.db import OperationalError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blog.models import Edition
from blog.shared import shared
from blog.stamps import article_tag
from comments import client, throttle
from comments.forms import CommentForm
from comments.models import Comment, Status
from comments.origin import same_origin
from comments.thread import Thread, place, read_cursor


class SeeOther(HttpResponseRedirect):
    """After a POST: get that page."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@same_origin
def write(request, slug):
    """The form alone on a page, and the target of the form under the article."""
    edition = get_object_or_404(Edition.objects.at(slug))
    if request.method != "POST":
        about = request.GET.get("about")
        form = CommentForm(edition=edition, about=about)
        if about is not None and not form.subject:
            # A point that is gone; or one of as many as anybody cares to make up.
            return HttpResponseRedirect(request.path)
        return shared(request, _form_page(request, form), article_tag(edition.article_id))
    form = CommentForm(request.POST, edition=edition)
    if not form.is_valid():
        # Not 200: a status of success says that the comment is stored, and it is not.
        return _form_page(request, form, status=422)
    comment = form.as_comment()
    comment.sender = client.sender(request)
    if earlier := Comment.objects.same_as(comment):
        return _sent(earlier, is_new=False)
    if seconds := throttle.take(request):
        return _too_many(request, form, seconds)
    try:
        comment, is_new = Comment.objects.submit(comment)
    except OperationalError:
        # Locked for too long, a full disk: nothing is stored, and nothing of the text is lost.
        return _not_stored(request, form)
    if not is_new:
        throttle.give_back(request)
    return _sent(comment, is_new=is_new)


@require_safe
def thread(request, slug):
    """The comments after those under the article, a page of them."""
    edition = get_object_or_404(Edition.objects.at(slug))
    if "after" not in request.GET:
        return HttpResponseRedirect(f"{edition.get_absolute_url()}#comments")
    try:
        after = read_cursor(request.GET["after"])
    except ValueError as error:
        raise Http404 from error
    page = Thread(edition, edition.article_id, after=after)
    if not page.entries:
        raise Http404
    context = {"thread": page, "edition": edition, "content": edition.content}
    response = render(request, "comments/page.html", context)
    return shared(request, response, article_tag(edition.article_id))


@require_safe
def one(request, slug, pk):
    """Leads to a comment, wherever it stands by now."""
    comments = Comment.objects.approved().select_related("article")
    live = Edition.objects.live().filter(article__slug=slug)
    comment = get_object_or_404(comments, pk=pk, article__editions__in=live)
    return HttpResponseRedirect(place(comment))


@require_safe
def status(request, key):
    """The writer's private page; its address is the only key to it."""
    comment = get_object_or_404(_with_article(), key=key)
    article_is_live = comment.article.editions.live().exists()
    context = {
        "comment": comment,
        "decision": comment.last_decision,
        "article_is_live": article_is_live,
        "is_public": article_is_live and comment.status == Status.APPROVED,
    }
    return _private(render(request, "comments/status.html", context))


@require_POST
@csrf_exempt
@same_origin(hidden=True)
def withdraw(request, key):
    comment = get_object_or_404(_with_article(), key=key)
    comment.withdraw()
    return _private(SeeOther(comment.get_status_url()))


def _with_article():
    return Comment.objects.select_related("article", "edition")


def _form_page(request, form, status=200):
    context = {"form": form, "edition": form.edition, "content": form.edition.content}
    return render(request, "comments/form.html", context, status=status)


def _sent(comment, *, is_new):
    # Anybody can copy a public comment and send it again; that must not open its private page.
    if not is_new and comment.was_ever_public:
        is_there = comment.status == Status.APPROVED
        return SeeOther((comment if is_there else comment.article).get_absolute_url())
    return _private(SeeOther(comment.get_status_url()))


def _not_stored(request, form):
    form.add_error(
        None, _("We could not store your comment just now. Wait a minute and send it once more")
    )
    response = _form_page(request, form, status=503)
    response.headers["Retry-After"] = "60"
    return response


def _too_many(request, form, seconds):
    minutes = -(-seconds // 60)
    form.add_error(
        None,
        ngettext(
            "That was a lot of comments in a short time. Nothing is lost: "
            "send this one again in %(minutes)d minute",
            "That was a lot of comments in a short time. Nothing is lost: "
            "send this one again in %(minutes)d minutes",
            minutes,
        )
        % {"minutes": minutes},
    )
    response = _form_page(request, form, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _private(response):
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
