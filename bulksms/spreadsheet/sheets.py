"""Which sheets a workbook has, for a person to choose from."""

from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bulksms.spreadsheet.workbook import OLE, ZIP


def visible_sheets(path: Path) -> tuple[str, ...]:
    """The names of its visible sheets of cells; none if it is no workbook that can be opened."""
    with path.open("rb") as file:
        if not file.read(8).startswith((ZIP, OLE)):
            return ()
        file.seek(0)
        try:
            with CalamineWorkbook.from_filelike(file) as workbook:
                return tuple(
                    sheet.name
                    for sheet in workbook.sheets_metadata
                    if sheet.typ == SheetTypeEnum.WorkSheet
                    and sheet.visible == SheetVisibleEnum.Visible
                )
        except (CalamineError, OSError, ValueError):
            return ()
