"""Every table of money as a file to take along: CSV or a workbook, in the words of the pages.

A table is one entry of TABLES (`registry.py`): its columns, the function that yields its rows, and
the places where it is offered: the city's funds, one fund, one project's budget. The pages of those
places show a card of all their tables (`{% money_files %}`). The rows say what the person may see
and no more: money of a project they may not open is there, its name is not.
"""
