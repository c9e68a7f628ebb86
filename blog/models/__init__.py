from blog.models.article import Article
from blog.models.audit import AuditEntry
from blog.models.edition import Edition
from blog.models.images import Image
from blog.models.listings import PersonListing, TagListing
from blog.models.people import Person
from blog.models.pings import Ping
from blog.models.presence import Presence
from blog.models.previews import PreviewLink, PreviewOpening
from blog.models.redirects import Redirect
from blog.models.reviews import Review, SignOff
from blog.models.search import Related, SearchEntry, Spelling
from blog.models.sections import Section, Source
from blog.models.topics import Category, Tag
from blog.models.versions import Version

__all__ = [
    "Article",
    "AuditEntry",
    "Category",
    "Edition",
    "Image",
    "Person",
    "PersonListing",
    "Ping",
    "Presence",
    "Redirect",
    "Related",
    "Review",
    "PreviewLink",
    "PreviewOpening",
    "SearchEntry",
    "Section",
    "SignOff",
    "Source",
    "Spelling",
    "Tag",
    "TagListing",
    "Version",
]
