from blog.importers.plain_text import Outline
from blog.models import Article, Person, Section, Version


def imported(outline: Outline) -> Article | None:
    """The article that this outline was imported as before, whatever became of it since."""
    return Article.objects.filter(import_digest=outline.digest).first()


def add_article(outline: Outline, *, author: Person) -> Article:
    """A draft with the sections of the outline, in its order. To be called in a transaction."""
    article = Article.objects.create(
        title=outline.title,
        date=outline.date,
        author=author,
        pros_heading=outline.pros_heading,
        pros_intro=outline.pros_intro,
        cons_heading=outline.cons_heading,
        cons_intro=outline.cons_intro,
        import_digest=outline.digest,
    )
    Section.objects.bulk_create(
        Section(
            article=article,
            kind=section.kind,
            heading=section.heading,
            body=section.body_html,
            ordering=10 * number,
        )
        for number, section in enumerate(outline.sections, 1)
    )
    content = article.refresh_digest()
    Version.objects.keep(article, content, by=None, reason=Version.Reason.IMPORTED)
    return article
