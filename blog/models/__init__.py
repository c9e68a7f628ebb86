from blog.models.article import Article
from blog.models.edition import Edition
from blog.models.people import Person
from blog.models.sections import Section, Source
from blog.models.topics import Category, Tag

__all__ = ["Article", "Category", "Edition", "Person", "Section", "Source", "Tag"]
