"""Exchanging challenges with other tools: packages that go out, files that come in. For authors; nothing deployed imports it."""
