"""URLs of all interfaces."""

from importlib import import_module

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from snapshots.vod import views as vod
from snapshots.web import files, health, metrics
from snapshots.web.tus import views

admin.autodiscover()
import_module("snapshots.admin.registration")  # with the site that autodiscover made

urlpatterns = [
    path("", vod.root),
    path("v2/index.php", vod.legacy),
    path("v2/interface.php", vod.legacy),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("admin/language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("pictures/<str:folder>/<str:name>", files.picture, name="picture"),
    path("api/v1/media/<str:file_id>/file/", files.SourceFile.as_view(), name="media_file"),
    path("api/v1/uploads/", views.UploadList.as_view(), name="upload_list"),
    path("api/v1/uploads/<str:upload_id>/", views.UploadDetail.as_view(), name="upload"),
    path("api/v1/", include("snapshots.api.urls")),
]

handler400 = "snapshots.api.errors.bad_request"
handler500 = "snapshots.api.errors.server_error"
