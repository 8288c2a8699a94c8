"""Long lists are written by a worker: with progress, through the gate, for their owner, and for an hour."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from agreements.exchange import export_views, tables, writing
from agreements.models import Agreement, Export
from tests.conftest import Cast
from tests.factories import make_agreement, make_desk


@pytest.fixture
def long(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Cast:
    """Three agreements that Linh sees, where two rows are a long list."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(export_views, "MOST_AT_ONCE", 1)
    for number in range(2):
        make_agreement(desk=cast.desk, ref=f"KR-2026-0{number + 1}", parties=[cast.home, cast.kr])
    return cast


def asked(cast: Cast, query: str = "") -> Export:
    answer = cast.client("linh").get(f"/agreements/export.xlsx{query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/exports/")
    export: Export = Export.objects.get(user=cast.linh)
    return export


def refs(answer: Any) -> set[Any]:
    content = b"".join(answer.streaming_content)
    sheet: Any = load_workbook(io.BytesIO(content)).active
    return {row[0] for row in list(sheet.values)[1:]}


def test_a_long_list_is_written_while_one_does_something_else(long: Cast) -> None:
    client = long.client("linh")
    export = asked(long, "?stage=signed")
    assert "0 / 3" in client.get("/exports/").content.decode()
    assert "every 2s" in client.get("/exports/").content.decode()
    assert client.get(f"/exports/{export.pk}/").status_code == 404, "not there yet"
    assert asked(long, "?stage=signed") == export, "asked for twice, written once"
    assert writing.write_waiting(at=timezone.now()) == 1
    page = client.get("/exports/").content.decode()
    assert "Fetch" in page
    assert "every 2s" not in page, "it asks no more once all is written"
    assert refs(client.get(f"/exports/{export.pk}/")) == {"US-2023-01", "KR-2026-01", "KR-2026-02"}
    assert writing.write_waiting(at=timezone.now()) == 0


def test_progress_is_told_while_it_is_written(long: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(writing, "NOTED_EVERY", 1)
    told = writing._note

    def note(export: Export, done: int) -> None:
        told(export, done)
        seen.append(Export.objects.get().percent)

    monkeypatch.setattr(writing, "_note", note)
    asked(long, "?stage=signed")
    writing.write_waiting(at=timezone.now())
    assert seen == [33, 67, 100]


def test_what_is_hidden_by_the_time_it_is_written_is_not_in_it(long: Cast) -> None:
    huy = long.client("huy")
    assert huy.get("/agreements/export.xlsx").status_code == 302
    Agreement.objects.filter(ref="KR-2026-01").update(restricted=True)
    writing.write_waiting(at=timezone.now())
    assert refs(huy.get(f"/exports/{Export.objects.get().pk}/")) == {"US-2023-01", "KR-2026-02"}


@pytest.mark.parametrize("name", ["huy", "minh", "sara", "omar", "auditor", "operator"])
def test_nobody_else_fetches_it(long: Cast, name: str) -> None:
    export = asked(long)
    writing.write_waiting(at=timezone.now())
    client = long.client(name)
    assert client.get(f"/exports/{export.pk}/").status_code == 404
    assert str(export) not in client.get("/exports/").content.decode()


def test_it_dies_with_the_rights_it_was_written_with(long: Cast) -> None:
    export = asked(long)
    writing.write_waiting(at=timezone.now())
    long.linh.desks.set([long.other_desk])
    assert long.client("linh").get(f"/exports/{export.pk}/").status_code == 404


def test_one_desk_of_many_is_a_right_too(long: Cast) -> None:
    desks = [make_desk(code=f"desk-{number}") for number in range(40)]
    long.linh.desks.add(*desks)
    export = asked(long)
    writing.write_waiting(at=timezone.now())
    assert long.client("linh").get(f"/exports/{export.pk}/").status_code == 200
    long.linh.desks.remove(desks[-1])
    assert long.client("linh").get(f"/exports/{export.pk}/").status_code == 404


def test_a_long_query_is_written_with_all_its_filters(long: Cast) -> None:
    padding = "&".join(f"kind=mou&x{number}=1" for number in range(200))
    export = asked(long, f"?{padding}&q=KR-2026")
    writing.write_waiting(at=timezone.now())
    assert refs(long.client("linh").get(f"/exports/{export.pk}/")) == {"KR-2026-01", "KR-2026-02"}


def test_it_is_kept_for_an_hour_and_its_line_for_a_day(long: Cast) -> None:
    export, now = asked(long), timezone.now()
    writing.write_waiting(at=now)
    export.refresh_from_db()
    file = export.file.path
    Export.objects.update(written_at=now - timedelta(minutes=61))
    assert long.client("linh").get(f"/exports/{export.pk}/").status_code == 404
    writing.forget_old(at=now)
    assert Export.objects.get().file.name == ""
    with pytest.raises(FileNotFoundError):
        open(file, "rb").close()
    Export.objects.update(created_at=now - timedelta(hours=25))
    writing.forget_old(at=now)
    assert not Export.objects.exists()


def test_what_a_dead_worker_left_is_written_anew(long: Cast) -> None:
    asked(long)
    now = timezone.now()
    Export.objects.update(state="running", heard_at=now)
    assert writing.write_waiting(at=now) == 0, "someone is at it"
    Export.objects.update(heard_at=now - timedelta(minutes=3))
    assert writing.write_waiting(at=now) == 1
    assert Export.objects.get().state == "written"


def test_a_failure_is_said_and_holds_nothing_up(long: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked(long)
    long.client("minh").get("/agreements/export.xlsx")
    write, broken = tables.as_xlsx, [True]

    def breaks_once(*args: Any, **more: Any) -> bytes:
        if broken and broken.pop():
            raise OSError("disk full")
        return write(*args, **more)

    monkeypatch.setattr(writing, "as_xlsx", breaks_once)
    assert writing.write_waiting(at=timezone.now()) == 2
    first.refresh_from_db()
    assert (first.state, first.error) == ("failed", "disk full")
    assert "could not be written" in long.client("linh").get("/exports/").content.decode()
    assert Export.objects.exclude(pk=first.pk).get().state == "written"


def test_a_partners_list_is_written_at_once_or_refused(long: Cast) -> None:
    """What is shared may change within the hour that a file is kept."""
    sara = long.client("sara")
    assert sara.get("/agreements/export.xlsx").status_code == 200
    assert not Export.objects.exists()
