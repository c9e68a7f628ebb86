"""Days with a time that people type, in the time zone of the site."""

from datetime import UTC

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.admin.widgets import MomentInput


def clock_change(local):
    """Why a naive time means nothing in the current time zone, or two things; and what to do."""
    zone = timezone.get_current_timezone()
    there_and_back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    if there_and_back.replace(tzinfo=None) != local:
        sentence = _(
            "There is no %(time)s on this day: the clocks of %(zone)s go forward. "
            "Choose a time before or after."
        )
    else:
        sentence = _(
            "%(time)s comes twice on this day, as the clocks of %(zone)s go back. "
            "Choose a time before or after."
        )
    return sentence % {"time": f"{local:%H:%M}", "zone": timezone.get_current_timezone_name()}


class MomentField(forms.DateTimeField):
    """A time that the clocks jump over, or that comes twice, gets a sentence of its own."""

    widget = MomentInput
    # What is stored. Sent back as it was shown it stays what it is, with its seconds, and also in
    # the hour that comes twice.
    stored = None

    def to_python(self, value):
        if self.stored and value == self._shown(self.stored):
            return self.stored
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            with timezone.override(UTC):
                local = super().to_python(value).replace(tzinfo=None)
            raise ValidationError(clock_change(local), code=error.code) from error

    def _shown(self, at):
        return self.widget.format_value(self.prepare_value(at))
