"""Imports: read a workbook in a child process → recognise its columns → check its rows → apply them."""
