"""File tasks of the topic `tracked-changes`: a document that several people changed."""
