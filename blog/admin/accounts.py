"""Accounts and groups: for superusers alone, and every change of rights is in the trail."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import accounts
from blog.admin.lookups import ClosedLookups

User = get_user_model()


HELP = {
    "username": gettext_lazy(
        "What this person types to log in, such as “miriam”: letters, digits and @ . + - _ only. "
        "Colleagues see it in the audit trail."
    ),
    "first_name": gettext_lazy("With the last name it stands for the account everywhere here."),
    "last_name": gettext_lazy("Readers never see it; what they see is the name of a person."),
    "email": gettext_lazy("Where mails of this desk go. Readers never see it."),
    "is_active": gettext_lazy(
        "Take the tick away when somebody leaves: the account cannot log in any more, and what it "
        "did stays in the audit trail. Better than deleting it."
    ),
    "is_staff": gettext_lazy("Without it the account cannot open this desk at all."),
    "is_superuser": gettext_lazy(
        "May do everything, changing accounts and rights included. Give it to as few as you can."
    ),
    "groups": gettext_lazy(
        "What the account may do: Author writes, Editor also publishes, Reviewer signs off, "
        "Moderator decides on comments. Several add up."
    ),
    "user_permissions": gettext_lazy(
        "Single rights beside those of the groups. Rarely needed: a group is easier to oversee."
    ),
    "name": gettext_lazy("What the role is called, such as “Editor”."),
    "permissions": gettext_lazy(
        "What everybody in this group may do. A change counts for all of them at once."
    ),
}


class RecordedRights(ClosedLookups):
    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **{"help_texts": HELP} | kwargs)

    def _is_open(self, request):
        # Who may change accounts could otherwise give themselves every right.
        return request.user.is_active and request.user.is_superuser

    def has_module_permission(self, request):
        return self._is_open(request)

    def has_view_permission(self, request, obj=None):
        return self._is_open(request)

    def has_add_permission(self, request):
        return self._is_open(request)

    def has_change_permission(self, request, obj=None):
        return self._is_open(request)

    def has_delete_permission(self, request, obj=None):
        return self._is_open(request)

    def save_model(self, request, obj, form, change):
        stored = self.model.objects.filter(pk=obj.pk).first() if change else None
        request.rights_before = accounts.rights(stored)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        accounts.record(form.instance, request.rights_before, by=request.user)

    def delete_model(self, request, obj):
        accounts.note(obj, _("deleted"), by=request.user)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for account in queryset:
            accounts.note(account, _("deleted"), by=request.user)
        super().delete_queryset(request, queryset)


admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(RecordedRights, UserAdmin):
    list_display = ["username", "email", "first_name", "last_name", "is_active", "roles"]
    list_filter = ["is_superuser", "is_active", "groups"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("groups"))
    def roles(self, account):
        names = [group.name for group in account.groups.all()]
        return ", ".join([_("superuser"), *names] if account.is_superuser else names)

    def has_delete_permission(self, request, obj=None):
        # Nobody locks themselves out.
        return super().has_delete_permission(request, obj) and obj != request.user

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        account = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        # None and a stranger's request ended in the call above.
        if User.objects.get(pk=account.pk).password != account.password:
            accounts.note(account, _("password changed"), by=request.user)
        return response


@admin.register(Group)
class RoleAdmin(RecordedRights, GroupAdmin):
    pass
