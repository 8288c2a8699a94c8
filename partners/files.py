"""Bytes go with their row: what a transaction that was rolled back has written is taken away."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection, models
from django.db.models.fields.files import FieldFile


class _Written(threading.local):
    def __init__(self) -> None:
        self.files: list[FieldFile] = []


_written = _Written()


class KeptFile(FieldFile):
    """A file that is noted as soon as its bytes are there, before its row is saved."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        super().save(name, content, save=False)
        _written.files.append(KeptFile(self.instance, self.field, self.name))
        if save:
            self.instance.save()


class KeptFileField(models.FileField):
    """The field of each file of ours."""

    attr_class = KeptFile

    def deconstruct(self) -> Any:
        """For migrations it is a column as any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


def settle() -> int:
    """Take away what was written here since the last time and no row names; return how much. Once all is decided."""
    files, _written.files = _written.files, []
    if connection.in_atomic_block:  # it is not decided yet, as within a test
        return 0
    left = [file for file in files if not _is_named(file)]
    for file in left:
        file.storage.delete(file.name or "")
    return len(left)


def _is_named(file: FieldFile) -> bool:
    rows = type(file.instance)._base_manager
    return not file.name or rows.filter(**{file.field.name: file.name}).exists()
