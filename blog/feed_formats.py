"""Atom 1.0, RSS 2.0 and JSON Feed 1.1, from the same feed.

What a feed says follows from its entries alone: nothing in it is the time at which it was made.
"""

import json
from datetime import UTC, datetime

from django.urls import register_converter
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date

from blog.characters import allowed

# Of a feed without entries.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Feed(SyndicationFeed):
    """Takes beside Django's own arguments: `hub` for a feed, and for an entry `content_html`,
    `summary`, `image` and `authors`, each of them {"name", "url"}."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.feed = _allowed(self.feed)

    def add_item(self, *args, **kwargs):
        super().add_item(*args, **kwargs)
        self.items[-1] = _allowed(self.items[-1])

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=NEVER)


class Atom(_Feed, Atom1Feed):
    mime_type = "application/atom+xml"

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement("link", None, {"rel": "hub", "href": self.feed["hub"]})

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author["name"])
            if "url" in author:
                handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        handler.addQuickElement("content", item["content_html"], {"type": "html"})


class Rss(_Feed, Rss201rev2Feed):
    mime_type = "application/rss+xml"

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement("atom:link", None, {"rel": "hub", "href": self.feed["hub"]})

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author["name"])
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["content_html"])


class JsonFeed(_Feed):
    mime_type = "application/feed+json"
    content_type = f"{mime_type}; charset=utf-8"

    def write(self, outfile, encoding):
        hub = self.feed["hub"]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "description": self.feed["description"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "hubs": [{"type": "WebSub", "url": hub}] if hub else None,
            "items": [_json_item(item) for item in self.items],
        }
        outfile.write(json.dumps(_given(feed), ensure_ascii=False, indent=1).encode(encoding))


FORMATS = {"atom": Atom, "rss": Rss, "json": JsonFeed}


class FormatConverter:
    regex = "|".join(FORMATS)

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(FormatConverter, "feed_format")


def _json_item(item):
    return _given(
        {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "summary": item["summary"],
            "content_html": item["content_html"],
            "image": item["image"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": item["authors"],
            "tags": list(item["categories"]),
        }
    )


def _given(values):
    return {name: value for name, value in values.items() if value or name == "items"}


def _allowed(value):
    if isinstance(value, str):
        return allowed(value)
    if isinstance(value, dict):
        return {name: _allowed(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_allowed(each) for each in value]
    return value
