"""The publish gate: what must not go before readers, whoever asks and by whatever door."""

from django.utils.translation import gettext as _


def errors(content):
    """Sentences that say what is missing and what to do; empty when it can be published."""
    found = []
    if not content.pros.points:
        found.append(_("There is no pro. Add at least one point that speaks for it."))
    if not content.cons.points:
        found.append(_("There is no con. Add at least one point that speaks against it."))
    found += [
        _("%(point)s has no heading. Say in a few words what the point is.") % {"point": point.name}
        for point in content.points
        if not point.heading
    ]
    return found
