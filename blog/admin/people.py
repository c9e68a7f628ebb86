from django.contrib import admin

from blog.admin.widgets import DeskFields
from blog.models import Person


class FixedSlug:
    """The address is made from the name once, and stays, so that links keep working."""

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(Person)
class PersonAdmin(FixedSlug, DeskFields, admin.ModelAdmin):
    list_display = ["name", "honorific", "job_title", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "job_title"]
    fields = ["honorific", "name", "slug", "job_title", "bio", "photo", "user"]

    def has_delete_permission(self, request, obj=None):
        # New articles are signed by the editorial team, and the importer relies on it.
        is_team = obj is not None and obj.slug == Person.EDITORIAL_TEAM
        return super().has_delete_permission(request, obj) and not is_team
