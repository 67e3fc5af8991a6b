"""Spreadsheets in, spreadsheets out: the only door to calamine, olefile and xlsxwriter.

`reading` turns a file into a `Table` of text cells; `writing` turns report rows into a file.
Nothing is imported here, so that writing a report does not pay for reading one.
"""
