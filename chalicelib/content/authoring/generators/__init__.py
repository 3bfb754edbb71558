"""Generators of file tasks, by name."""

from __future__ import annotations

from chalicelib.content.authoring.generators.data_files import bookings_json, club_accounts, ticket_sales
from chalicelib.content.authoring.generators.drawing import Generator
from chalicelib.content.authoring.generators.event_logs import service_log
from chalicelib.content.authoring.generators.folder_archives import project_archive
from chalicelib.content.authoring.generators.image_files import photo_files
from chalicelib.content.authoring.generators.mailbox_files import mailbox
from chalicelib.content.authoring.generators.program_files import small_programs
from chalicelib.content.authoring.generators.suspicious_traces import sign_in_log, suspicious_messages
from chalicelib.content.authoring.generators.tracked_changes import tracked_document
from chalicelib.content.authoring.generators.web_page_files import web_page

GENERATORS: dict[str, Generator] = {
    "bookings-json": bookings_json.GENERATOR,
    "club-accounts": club_accounts.GENERATOR,
    "mailbox": mailbox.GENERATOR,
    "photo-files": photo_files.GENERATOR,
    "project-archive": project_archive.GENERATOR,
    "service-log": service_log.GENERATOR,
    "sign-in-log": sign_in_log.GENERATOR,
    "small-programs": small_programs.GENERATOR,
    "suspicious-messages": suspicious_messages.GENERATOR,
    "ticket-sales": ticket_sales.GENERATOR,
    "tracked-document": tracked_document.GENERATOR,
    "web-page": web_page.GENERATOR,
}
