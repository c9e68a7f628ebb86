"""The limit of Django: one view, no middleware, no database, no template."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path

BODY = b"x" * 32_000


def page(request):
    return HttpResponse(BODY)


urlpatterns = [path("", page)]

settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="only-to-measure", MIDDLEWARE=[]
)
django.setup()
application = WSGIHandler()
