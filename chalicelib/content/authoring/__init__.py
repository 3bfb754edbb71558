"""Reading and checking the sources of `content/`, and building a release. Used by the console only."""
