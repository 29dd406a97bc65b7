"""Snapshot templates: presets and custom ones."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import SnapshotTemplate
from ...services import presentation, templates
from ..auth import missing
from ..base_view import BaseView
from ..pagination import page
from ..query_params import ListQuery
from ..request_schemas import TemplateValues
from ..response_schemas import Template, page_of
from ..schema import describe, example

_EXAMPLE = {
    "name": "Card",
    "format": "jpg",
    "width": 640,
    "height": 360,
    "resolution_adaptive": True,
    "fill_type": "black",
    "quality": 90,
}
_DEFINITION = [OpenApiParameter("definition", int, OpenApiParameter.PATH)]


class TemplateList(BaseView):
    model = "snapshottemplate"
    rights = {"GET": "view_snapshottemplate", "POST": "add_snapshottemplate"}

    @describe(
        "templates_list", "List presets and custom templates", response=page_of(Template),
        errors=[400], parameters=[ListQuery],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows, query = SnapshotTemplate.objects.all(), self.query(ListQuery)
        return Response(page(request, rows, presentation.template, ordering="pk", **query))

    @describe(
        "templates_create", "Create a template; fields that are left out have their defaults",
        response=Template, status=201, errors=[400, 409, 413, 415], idempotent=True,
        request=TemplateValues, examples=example("A card", _EXAMPLE),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        template = templates.create(values=self.body(TemplateValues))
        return Response(presentation.template(template), status=201)


class TemplateDetail(BaseView):
    model = "snapshottemplate"
    rights = {
        "GET": "view_snapshottemplate",
        "PATCH": "change_snapshottemplate",
        "DELETE": "delete_snapshottemplate",
    }

    @describe(
        "templates_get", "Get a template", response=Template, errors=[404], parameters=_DEFINITION
    )
    def get(self, request: Request, definition: str) -> Response:
        return Response(presentation.template(_template(definition)))

    @describe(
        "templates_update", "Change a template; it is validated as a whole",
        response=Template, errors=[400, 404, 413, 415], request=TemplateValues,
        parameters=_DEFINITION, examples=example("Another name", {"name": "Card"}),
    )  # fmt: skip
    def patch(self, request: Request, definition: str) -> Response:
        template, values = _template(definition), self.body(TemplateValues)
        return Response(presentation.template(templates.update(template=template, values=values)))

    @describe(
        "templates_delete", "Delete a template; tasks keep their copies", status=204, errors=[404],
        parameters=_DEFINITION,
    )  # fmt: skip
    def delete(self, request: Request, definition: str) -> Response:
        templates.delete(template=_template(definition))
        return Response(status=204)


def _template(definition: str) -> SnapshotTemplate:
    if not definition.isdecimal():
        raise missing("snapshottemplate", definition)
    return templates.get(definition=int(definition))
