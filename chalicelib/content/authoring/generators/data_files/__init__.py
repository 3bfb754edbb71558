"""File tasks of the topic `data-files`: workbooks, CSV and JSON."""
