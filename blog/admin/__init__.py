from blog.admin.accounts import AccountAdmin, RoleAdmin
from blog.admin.articles import ArticleAdmin
from blog.admin.audit import AuditEntryAdmin
from blog.admin.images import ImageAdmin
from blog.admin.people import PersonAdmin
from blog.admin.redirects import RedirectAdmin
from blog.admin.topics import CategoryAdmin, TagAdmin

__all__ = [
    "AccountAdmin",
    "ArticleAdmin",
    "AuditEntryAdmin",
    "CategoryAdmin",
    "ImageAdmin",
    "PersonAdmin",
    "RedirectAdmin",
    "RoleAdmin",
    "TagAdmin",
]
