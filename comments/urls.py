from django.urls import path

from blog import slugs  # noqa: F401  (makes any_slug known; feeds makes feed_format known)
from comments import feeds, views

app_name = "comments"

urlpatterns = [
    path("articles/<any_slug:slug>/comment/", views.write, name="write"),
    path("articles/<any_slug:slug>/comments/", views.thread, name="thread"),
    path("articles/<any_slug:slug>/comments/<int:pk>/", views.one, name="one"),
    path("articles/<any_slug:slug>/comments.<feed_format:form>", feeds.comments, name="feed"),
    path("comments/<slug:key>/", views.status, name="status"),
    path("comments/<slug:key>/withdraw/", views.withdraw, name="withdraw"),
]
