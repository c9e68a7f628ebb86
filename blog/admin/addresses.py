from urllib.parse import unquote

from django.utils.translation import gettext as _


class Addresses:
    """For the admin of a Page: its address may change, and a sentence says what that does."""

    def save_model(self, request, obj, form, change):
        was = type(obj).objects.filter(pk=obj.pk).first() if change else None
        obj.save(by=request.user)
        if was is None or was.slug == obj.slug or not was.has_been_public:
            return
        self.message_user(
            request,
            _("The address has changed: %(old)s now leads readers to %(new)s.")
            % {
                "old": unquote(was.get_absolute_url()),
                "new": unquote(obj.get_absolute_url()),
            },
        )
