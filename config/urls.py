from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import errors, health, site_files

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Django's redirect to the page of any row; ours link to their pages themselves.
    path("admin/r/<path:rest>", lambda request, rest: errors.not_found(request), name="admin_r"),
    path("admin/", admin.site.urls),
    path("robots.txt", site_files.robots, name="robots"),
    path("humans.txt", site_files.humans, name="humans"),
    path(".well-known/security.txt", site_files.security, name="security"),
    path("site.webmanifest", site_files.manifest, name="manifest"),
    path("favicon.ico", site_files.icon, {"name": "favicon.ico"}, name="favicon"),
    path(
        "apple-touch-icon.png", site_files.icon, {"name": "apple-touch-icon.png"}, name="touch_icon"
    ),
    path("", include("comments.urls")),
    path("", include("blog.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.index_title = "Desk"
