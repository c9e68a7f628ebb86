from django.urls import path, re_path

from blog import (
    feeds,
    lists,
    llms,
    pings,
    search_views,
    sitemaps,
    slugs,  # noqa: F401  (makes any_slug known; feeds makes feed_format known)
    views,
)

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
    path("search/", search_views.search_page, name="search"),
    path("how-we-work/", views.how_we_work, name="how_we_work"),
    # Machines that read
    path("feed.<feed_format:form>", feeds.site, name="feed"),
    path("topics/<any_slug:slug>/feed.<feed_format:form>", feeds.topic, name="topic_feed"),
    path("tags/<any_slug:slug>/feed.<feed_format:form>", feeds.tag, name="tag_feed"),
    path("people/<any_slug:slug>/feed.<feed_format:form>", feeds.person, name="person_feed"),
    path("articles/<any_slug:slug>.md", llms.article, name="markdown"),
    path("llms.txt", llms.index, name="llms"),
    path("sitemap.xml", sitemaps.index, name="sitemaps"),
    # One spelling for each file, since all of them would be kept.
    re_path(
        r"^sitemap-(?P<kind>[a-z]+)-(?P<number>0|[1-9][0-9]{0,9})\.xml$",
        sitemaps.part,
        name="sitemap",
    ),
    re_path(r"^(?P<key>[A-Za-z0-9-]{8,128})\.txt$", pings.key_file, name="indexnow_key"),
    # Only names that blog/images.py and blog/renditions.py make.
    re_path(
        r"^media/(?P<path>[a-z]+/[0-9a-f]{32}(?:-[0-9]{1,4})?\.[a-z]{3,4})$",
        views.media,
        name="media",
    ),
]
