"""File tasks of the topic `web-page-files`: a saved web page."""
