"""File tasks of the topic `folder-archives`: a zip of folders."""
