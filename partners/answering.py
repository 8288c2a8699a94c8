"""What every view of the API does with a request before its own work, and with the answer after it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from partners import reading
from partners.formed import Strict
from partners.once import HEADER, Handler, once
from partners.permissions import Declared, viewer_of
from partners.throttling import headers_of
from partners.viewers import Viewer


class Offsets(pagination.LimitOffsetPagination):
    """For short lists that are put together from several: numbers that are none are refused."""

    default_limit, max_limit = 50, 200

    def get_limit(self, request: Request) -> int | None:
        return self._number(request, "limit", self.default_limit, least=1, most=self.max_limit)

    def get_offset(self, request: Request) -> int:
        return self._number(request, "offset", 0, least=0, most=10**6) or 0

    def _number(self, request: Request, name: str, usual: int | None, *, least: int, most: int) -> int | None:
        given = request.query_params.get(name)
        if given is None:
            return usual
        if (number := reading.whole(given, least=least, most=most)) is None:
            said = _("Give a number from %(least)s to %(most)s.") % {"least": least, "most": most}
            raise exceptions.ValidationError({name: [said]})
        return number


class Answering(viewsets.GenericViewSet[Any]):
    """Refuses parameters that nobody reads, carries a request out once, and says what is left of the quota."""

    # Names of parameters for each action; what an action does not name takes none.
    parameters: ClassVar[Mapping[str, frozenset[str]]] = {}
    place = ""  # the record that was answered with, for a repetition

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.request)

    def sent_as(self, body: type[Strict]) -> dict[str, Any]:
        """What was sent, read as such a body. Raises ValidationError."""
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def takes(self, name: str) -> bool:
        """Whether the action reads a parameter of this name, of this viewer."""
        return name in self.parameters.get(self.action or "", frozenset())

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action and (unknown := sorted(name for name in request.query_params if not self.takes(name))):
            said = {name: [_("There is no parameter called %(name)s.") % {"name": name}] for name in unknown}
            raise exceptions.ValidationError(said)
        key = request.headers.get(HEADER)
        if request.method == "POST" and key is not None:
            handler: Handler = self.post
            self.post: Handler = partial(once, self, key, handler)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in headers_of(request).items():
            response.headers[name] = value
        return response


class OnlyRead(Answering):
    """What is put together to be read, not rows of one table. A subclass says whose eyes decide, and for whom it is."""

    permission_classes = (Declared,)
    pagination_class: Any = None
    filter_backends = ()
    http_method_names = ("get", "head", "options")
