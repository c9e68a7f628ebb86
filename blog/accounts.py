"""What an account or a group may do, in words, and the trail of how that changed."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from blog.models.audit import Action, AuditEntry


def rights(account):
    """{what: value} of an account or a group, by the stored rows; empty for one not stored."""
    if account is None or account.pk is None:
        return {}
    if isinstance(account, Group):
        return {_("name"): account.name, _("permissions"): _names(account.permissions)}
    return {
        _("user name"): account.username,
        _("active"): _yes(account.is_active),
        _("staff"): _yes(account.is_staff),
        _("superuser"): _yes(account.is_superuser),
        _("groups"): _names(account.groups),
        _("permissions"): _names(account.user_permissions),
    }


def record(account, before, *, by):
    """Note what is different now from what `rights` said before; {} for a new account."""
    now = rights(account)
    parts = [] if before else [_("new")]
    parts += [
        _("%(what)s: %(was)s → %(now)s") % {"what": what, "was": before[what], "now": value}
        if before
        else f"{what}: {value}"
        for what, value in now.items()
        if not before or before[what] != value
    ]
    if parts:
        note(account, "; ".join(parts), by=by)


def note(account, detail, *, by):
    kind = _("group %s") if isinstance(account, Group) else _("account %s")
    AuditEntry.record(Action.ROLE_CHANGED, by=by, subject=kind % account, detail=detail)


def _yes(value):
    return _("yes") if value else _("no")


def _names(rows):
    if rows.model is Group:
        names = rows.order_by("name").values_list("name", flat=True)
    else:
        pairs = rows.order_by("content_type__app_label", "codename")
        names = (
            f"{app}.{codename}"
            for app, codename in pairs.values_list("content_type__app_label", "codename")
        )
    return ", ".join(names) or _("none")
