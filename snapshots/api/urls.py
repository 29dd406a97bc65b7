"""URLs of the REST API, below `/api/v1/`."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from .views.docs import Docs
from .views.events import EventConfigView, EventConfirm, EventPull
from .views.frames import FrameList, FramePicture
from .views.media import MediaCover, MediaDetail, MediaList
from .views.not_found import Root, Unknown
from .views.snapshots import SnapshotDetail, SnapshotList
from .views.tasks import TaskAbort, TaskDetail, TaskList
from .views.templates import TemplateDetail, TemplateList

app_name = "api"
urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("media/", MediaList.as_view(), name="media_list"),
    path("media/<str:file_id>/", MediaDetail.as_view(), name="media"),
    path("media/<str:file_id>/cover/", MediaCover.as_view(), name="media_cover"),
    path("media/<str:file_id>/frames/", FrameList.as_view(), name="media_frames"),
    path("media/<str:file_id>/frame/", FramePicture.as_view(), name="media_frame"),
    path("templates/", TemplateList.as_view(), name="template_list"),
    path("templates/<str:definition>/", TemplateDetail.as_view(), name="template"),
    path("tasks/", TaskList.as_view(), name="task_list"),
    path("tasks/<str:task_id>/", TaskDetail.as_view(), name="task"),
    path("tasks/<str:task_id>/abort/", TaskAbort.as_view(), name="task_abort"),
    path("snapshots/", SnapshotList.as_view(), name="snapshot_list"),
    path("snapshots/<str:id>/", SnapshotDetail.as_view(), name="snapshot"),
    path("events/pull/", EventPull.as_view(), name="event_pull"),
    path("events/confirm/", EventConfirm.as_view(), name="event_confirm"),
    path("event-config/", EventConfigView.as_view(), name="event_config"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path(r"^(?P<rest>(?s:.*))$", Unknown.as_view(), name="unknown"),
]
