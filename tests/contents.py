"""Content values for tests that need no database."""

from datetime import date

from blog.content import Content, PersonContent, SectionContent, SourceContent


def person(slug="ada", name="Ada Example"):
    return PersonContent(slug, name, "", "")


def section(key, *, kind="pro", **values):
    return SectionContent(
        **{"key": key, "kind": kind, "heading": f"Point {key}", "body": f"<p>Words of {key}.</p>"}
        | values
    )


def source(number, title="A source", url=""):
    return SourceContent(number, title, "", url, "study", None)


def content(*, sections=(), sources=(), **values):
    return Content(
        **{
            "title": "A title",
            "summary": "An answer.",
            "date": date(2026, 3, 1),
            "category": None,
            "tags": (),
            "author": person(),
            "reviewer": None,
            "image": None,
            "pros_heading": "",
            "pros_intro": "",
            "cons_heading": "",
            "cons_intro": "",
            "sections": tuple(sections),
            "sources": tuple(sources),
        }
        | values
    )
