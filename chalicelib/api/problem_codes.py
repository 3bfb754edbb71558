"""Every code that a problem may carry: its status and what to do about it. Shown on the reference page, complete by test."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A stable code."""

    status: int
    meaning: str


CODES: dict[str, Code] = {
    "body-not-utf8": Code(400, "The body is not UTF-8 text."),
    "body-not-json": Code(400, "The body is not JSON."),
    "bad-request": Code(400, "The request cannot be served as it was sent."),
    "token-missing": Code(401, "Send `Authorization: Bearer …`."),
    "token-invalid": Code(401, "The token cannot be believed: another key, audience or form."),
    "token-expired": Code(401, "Get a new token."),
    "other-assessment": Code(403, "The token opens another assessment only."),
    "account-needed": Code(403, "The token opens one assessment only; this needs a person's token."),
    "no-such-route": Code(404, "There is nothing at this address."),
    "assessment-not-found": Code(404, "There is no such assessment, or it is somebody else's."),
    "topic-not-found": Code(404, "There is no such topic in the current content."),
    "file-not-found": Code(404, "There is no such file."),
    "view-not-found": Code(404, "There is no such collective view."),
    "exposure-version-not-found": Code(404, "There was never such a version of the exposure table."),
    "method-not-allowed": Code(405, "The `Allow` header lists the methods of this address."),
    "step-already-answered": Code(409, "Another answer is stored for this step; read the assessment to go on."),
    "wrong-step": Code(409, "This step is not reached; `details.expected` tells the one that waits."),
    "other-challenge-pending": Code(409, "Another challenge waits; read the assessment to go on."),
    "challenge-not-begun": Code(409, "The challenge is announced: begin it first."),
    "assessment-finished": Code(409, "The assessment is over; read its results."),
    "assessment-not-finished": Code(409, "The assessment is not over."),
    "assessment-full": Code(409, "The log of the assessment is full; finish it."),
    "nothing-left-to-assess": Code(409, "Every skill open in this scope is acquired."),
    "too-early-to-improve": Code(409, "All is settled for now; `details.available_at` tells when improving opens."),
    "no-playable-challenge": Code(409, "No challenge of this scope suits these needs on this device."),
    "idempotency-key-reused": Code(409, "The key started an assessment with another body: use a new key."),
    "exposure-overtaken": Code(409, "Another exposure table was published at the same moment; ask again."),
    "body-too-large": Code(413, "`details.limit_bytes` tells the most a body may take."),
    "unsupported-media-type": Code(415, "Send `Content-Type: application/json`."),
    "invalid-request": Code(422, "`errors` lists each place at fault with the rule it breaks."),
    "unknown-view": Code(422, "The name of a view is a kind, a colon and an id, as `national:1.1`."),
    "participation-invalid": Code(422, "A participation needs a rank from 1 and a few short named totals."),
    "invalid-idempotency-key": Code(422, "A key has 20 to 128 letters, digits, `-` or `_`."),
    "repeated-parameter": Code(422, "A query parameter is given twice."),
    "unknown-scope": Code(422, "The scope is no framework, area or competence that is open."),
    "unknown-challenge": Code(422, "There is no such challenge."),
    "unknown-option": Code(422, "The challenge has no such option; `details.options` lists them."),
    "wrong-answer-shape": Code(422, "This kind of challenge takes another shape of answer."),
    "answer-too-long": Code(422, "`details.limit_bytes` tells the longest answer."),
    "empty-answer": Code(422, "To skip, send `null`."),
    "internal-error": Code(500, "Something went wrong on our side; it was recorded."),
    "store-unavailable": Code(503, "The store did not answer; try again, it is safe."),
    "assessment-busy": Code(503, "Too many things happened at once; try again, it is safe."),
    "profile-busy": Code(503, "The profile changes too fast; try again, it is safe."),
    "entry-missing": Code(503, "A stored answer cannot be read now; try again."),
    "no-release": Code(503, "No content is published yet."),
    "release-unavailable": Code(503, "The content of this assessment cannot be read now; try again."),
    "release-damaged": Code(503, "The content of this assessment is damaged and is not served."),
    "file-unavailable": Code(503, "The file cannot be read now; try again."),
    "exposure-unavailable": Code(503, "The exposure table of this test cannot be read now; try again."),
    "counter-busy": Code(503, "Too many people are counted here at once; try again."),
    "exposure-damaged": Code(503, "The exposure table of this test is damaged and is not used."),
    "secret-missing": Code(503, "A secret that this assessment needs is not configured."),
}
