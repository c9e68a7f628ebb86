from django.urls import path, re_path

from comments import views

app_name = "comments"

urlpatterns = [
    # The letters of an article's address, of any script.
    re_path(r"^articles/(?P<slug>[-\w]+)/comment/$", views.write, name="write"),
    path("comments/<slug:key>/", views.status, name="status"),
    path("comments/<slug:key>/withdraw/", views.withdraw, name="withdraw"),
]
