"""Papers to draw in tests, and what a reader finds in the files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from openpyxl import load_workbook
from pypdf import PdfReader

from agreements.briefings.content import (
    Bullets,
    Column,
    Facts,
    Head,
    Heading,
    Paper,
    Paragraph,
    Row,
    Run,
    Signature,
    Table,
    line,
)

FORMS = ("docx", "pdf", "xlsx")
ZERO_WIDTH = "\u200b"


def table(rows: int, *, is_wide: bool = False, title: str = "Quỹ đổi mới") -> Table:
    columns = (Column("STT"), Column("Nội dung hợp tác", 4), Column("Cơ quan", 2), Column("Số tiền", 2, True))
    made = [Row(group=line("Hoa Kỳ", "/countries/US/"))]
    made += [
        Row((
            (line(number),), (line(f"{title} {number}", "/commitments/US-1/"), line("nguồn", is_quiet=True)),
            (line("Bộ Ngoại giao"),), (line(number * 100),),
        ))
        for number in range(1, rows + 1)
    ]  # fmt: skip
    made.append(Row(((), (line("Cộng"),), (), (line("5.000"),)), is_total=True))
    caption = "Bảng tổng hợp" if is_wide else "Bảng cam kết"
    return Table(caption, columns, tuple(made), is_wide=is_wide)


def paper(language: str = "vi", *, title: str = "Kết quả thực hiện cam kết", rows: int = 40, **more: Any) -> Paper:
    made = Paper(
        kind="Báo cáo" if language == "vi" else "Report", subject=title, language=language, on=date(2026, 1, 5),
        body=(
            Heading("I. Tình hình chung"),
            Paragraph((Run("Trong quý này "), Run("12 cam kết", "/commitments/", is_strong=True), Run(" hoàn thành."))),
            Bullets((line("Một"), line("Hai"))),
            Heading("Chi tiết", 2), Facts((("Mã", line("US-1", "/agreements/US-1/")), ("Tên", line(title)))),
            table(rows), Heading("II. Bảng rộng"), table(rows, is_wide=True, title=title), Heading("III. Kết luận"),
            Paragraph(line("Kính trình lãnh đạo xem xét.")),
            Table("Rỗng", (Column("A"),), (), if_empty="Không có cam kết nào quá hạn."),
        ),
        reader="Nguyễn Thùy Linh", made_at=datetime(2026, 1, 5, 2, tzinfo=UTC),
        bases=("Căn cứ kế hoạch công tác;", "Căn cứ đề nghị của đơn vị."),
        signature=Signature("Vụ trưởng", "Trần Văn Minh", "TL. Bộ trưởng"), recipients=("Như trên", "Lãnh đạo Bộ"),
        head=Head("Vụ Châu Mỹ", "Bộ Ngoại giao", "Hà Nội", "BNG"),
    )  # fmt: skip
    return replace(made, **more)


def text_of(content: bytes, form: str) -> str:
    """All that somebody could read in a file, also what its properties and hidden parts say."""
    if form == "pdf":
        reader = PdfReader(io.BytesIO(content))
        pages = "\n".join(page.extract_text() for page in reader.pages)
        outline = " ".join(str(one) for one in reader.outline)
        return f"{pages}\n{reader.metadata}\n{outline}".replace(ZERO_WIDTH, "").replace("\u00a0", " ")
    cells = "\n".join(str(cell.value) for cell in cells_of(content)) if form == "xlsx" else ""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return cells + "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


def cells_of(content: bytes) -> list[Any]:
    book = load_workbook(io.BytesIO(content))
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
