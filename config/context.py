from django.conf import settings


def site(request):
    """What every page may show about the site itself. Runs no query."""
    return {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, "DEMO": settings.DEMO}
