"""File tasks of the topic `image-files`: photos with their metadata."""
