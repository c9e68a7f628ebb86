import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()

from config.page_cache import behind_page_cache  # noqa: E402  (needs Django to be set up)

application = behind_page_cache(django_application)
