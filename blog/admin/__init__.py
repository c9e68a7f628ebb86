from blog.admin.articles import ArticleAdmin
from blog.admin.images import ImageAdmin
from blog.admin.people import PersonAdmin
from blog.admin.topics import CategoryAdmin, TagAdmin

__all__ = ["ArticleAdmin", "CategoryAdmin", "ImageAdmin", "PersonAdmin", "TagAdmin"]
