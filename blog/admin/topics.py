from django.contrib import admin

from blog.admin.people import NamedPage
from blog.models import Category, Tag


class TopicAdmin(NamedPage, admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]


@admin.register(Category)
class CategoryAdmin(TopicAdmin):
    fields = ["name", "slug", "description"]


@admin.register(Tag)
class TagAdmin(TopicAdmin):
    fields = ["name", "slug"]
