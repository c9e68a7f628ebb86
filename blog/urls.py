from django.urls import path, re_path

from blog import lists, slugs, views  # noqa: F401  (slugs makes any_slug known)

app_name = "blog"

urlpatterns = [
    path("", lists.home, name="home"),
    path("articles/<any_slug:slug>/", views.article, name="article"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("topics/", lists.topics, name="topics"),
    path("topics/<any_slug:slug>/", lists.topic, name="topic"),
    path("tags/<any_slug:slug>/", lists.tag, name="tag"),
    path("people/<any_slug:slug>/", lists.person, name="person"),
    path("archive/", lists.archive, name="archive"),
    re_path(r"^archive/(?P<year>[1-9][0-9]{3})/$", lists.year, name="year"),
    path("how-we-work/", views.how_we_work, name="how_we_work"),
    # Only names that blog/images.py and blog/renditions.py make.
    re_path(
        r"^media/(?P<path>[a-z]+/[0-9a-f]{32}(?:-[0-9]{1,4})?\.[a-z]{3,4})$",
        views.media,
        name="media",
    ),
]
