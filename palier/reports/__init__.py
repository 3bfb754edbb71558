"""Reports in one self-contained HTML file: charts as inline SVG, each with the table of its figures."""
