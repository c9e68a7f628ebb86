from django.conf import settings
from django.utils.functional import SimpleLazyObject

from blog.shared import site as site_of


def site(request):
    """What every page may show about the site itself; DEMO costs a query where it is printed."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "DEMO": SimpleLazyObject(lambda: site_of(request).is_demo),
    }
