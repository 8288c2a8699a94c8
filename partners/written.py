"""Rows of the API that are written through the form of their page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from rest_framework import status
from rest_framework.request import Request

from partners import formed
from partners.records import Record
from partners.viewsets import NumberedViewSet


class WrittenViewSet(NumberedViewSet):
    """A subclass says which form reads a body, on which record, and how it is kept; the rest is here."""

    bodies: ClassVar[Mapping[str, type[formed.Strict]]]  # what each action reads

    def form(self, record: Any, data: Any = None, files: Any = None) -> forms.BaseForm:
        """The page's form over a record; unbound without data."""
        raise NotImplementedError

    def fresh(self, said: dict[str, Any]) -> Any:
        """A new record under what the body names, which it takes out. Raises Http404 or PermissionDenied."""
        raise NotImplementedError

    def keep(self, form: Any) -> Record:
        """Save what the valid form holds by the rule of the page."""
        raise NotImplementedError

    def hold(self, record: Any) -> None:
        """Lock what the page locks before the row itself, so that both wait in one order."""

    def said(self) -> dict[str, Any]:
        """The body of this action. Raises ValidationError."""
        body = self.bodies[self.action](
            data=self.request.data, context=self.get_serializer_context(), partial=self.request.method == "PATCH"
        )
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def filled(self, record: Any, said: Mapping[str, Any]) -> Any:
        """The valid form. Raises ValidationError."""
        blank = self.form(record)
        files = {name: said[name] for name, field in blank.fields.items() if isinstance(field, forms.FileField)
                 and said.get(name)}  # fmt: skip
        return formed.read(self.form(record, formed.data_for(blank, said), files))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        said = self.said()
        with transaction.atomic():
            made = self.keep(self.filled(self.fresh(said), said))
        return self.shown_at(self.code_of(made), status.HTTP_201_CREATED)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        said = self.said()
        with transaction.atomic():
            record = self.get_object()
            self.hold(record)
            record = self.relocked(record, is_needed=True)
            kept = self.keep(self.filled(record, said))
        return self.shown_at(self.code_of(kept))
