from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext as _

from blog.admin.addresses import Addresses
from blog.admin.lookups import ClosedLookups
from blog.admin.widgets import DeskFields
from blog.models import Article, AuditEntry, Person
from blog.models.audit import Action


class NamedPage(Addresses, ClosedLookups):
    """A row with a page of its own, that articles refer to."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        # A new name is a change to what readers will see of each article that shows it.
        for article in self.articles_of(obj) if change else ():
            article.refresh_digest()

    def delete_model(self, request, obj):
        self.delete_queryset(request, type(obj).objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        articles = [article for row in queryset for article in self.articles_of(row)]
        super().delete_queryset(request, queryset)
        for article in articles:
            article.refresh_digest()

    def articles_of(self, obj):
        return obj.articles.all()

    def view_on_site(self, obj):
        return super().view_on_site(obj) if obj.is_public else None

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def get_deleted_objects(self, objs, request):
        # What is in use stays, whoever asks: that is the reason to give, not a permission.
        names, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return names, counts, set() if protected else lacking, protected


@admin.register(Person)
class PersonAdmin(NamedPage, DeskFields, admin.ModelAdmin):
    list_display = ["name", "honorific", "job_title", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "job_title"]
    fields = ["honorific", "name", "slug", "job_title", "bio", "photo", "user"]

    def articles_of(self, obj):
        return Article.objects.filter(Q(author=obj) | Q(reviewer=obj))

    def has_delete_permission(self, request, obj=None):
        # New articles are signed by the editorial team, and the importer relies on it.
        is_team = obj is not None and obj.slug == Person.EDITORIAL_TEAM
        return super().has_delete_permission(request, obj) and not is_team

    def get_readonly_fields(self, request, obj=None):
        fixed = ["slug"] if obj and obj.slug == Person.EDITORIAL_TEAM else []
        # Whose account it is decides who can sign off as this person.
        return fixed if request.user.is_superuser else [*fixed, "user"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "user" in form.changed_data:
            AuditEntry.record(
                Action.ROLE_CHANGED,
                by=request.user,
                subject=str(obj),
                detail=_("account: %s") % (obj.user or _("none")),
            )
