"""The description of the API, the same for all who ask: made once in each language and form."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class SchemaView(SpectacularAPIView):
    """OpenAPI as YAML or JSON, in the reader's language or that of `lang`."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.query_params.get("lang", "")
        language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
        renderer: Any = request.accepted_renderer
        form: Any = type(renderer)
        name = f'inline; filename="agreements-register.{renderer.format}"'
        return HttpResponse(
            _described(language, form),
            content_type=renderer.media_type,
            headers={"Content-Disposition": name},
        )


@cache
def _described(language: str, renderer: type[BaseRenderer]) -> bytes:
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # its own
        said: Any = renderer().render(schema, renderer_context={})
        return said.encode() if isinstance(said, str) else bytes(said)
