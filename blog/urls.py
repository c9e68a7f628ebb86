from django.urls import path, re_path

from blog import search_views, slugs, views  # noqa: F401  (slugs makes any_slug known)

app_name = "blog"

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<any_slug:slug>/", views.article, name="article"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("topics/<any_slug:slug>/", views.topic, name="topic"),
    path("people/<any_slug:slug>/", views.person, name="person"),
    path("search/", search_views.search_page, name="search"),
    path("how-we-work/", views.how_we_work, name="how_we_work"),
    # Only names that blog/images.py and blog/renditions.py make.
    re_path(
        r"^media/(?P<path>[a-z]+/[0-9a-f]{32}(?:-[0-9]{1,4})?\.[a-z]{3,4})$",
        views.media,
        name="media",
    ),
]
