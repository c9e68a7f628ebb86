from blog.admin.lookups import ClosedLookups


class ReadOnly(ClosedLookups):
    """For an admin: nothing is added, edited or deleted here, by anybody."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
