"""What is said of received files in words: how one was matched, what it is, what was decided."""

from __future__ import annotations

METHODS = {
    "exact_email": "by email address",
    "exact_phone": "by phone number",
    "subject_id": "by reference",
    "fuzzy_name": "by a similar name",
    "cv_content": "by CV content",
    "manual": "by hand",
}
SOURCES = {"email_attachment": "email", "whatsapp_media": "WhatsApp", "manual_upload": "uploaded"}
GLYPHS = {
    "email_attachment": "mail",
    "whatsapp_media": "wa",
    "manual_upload": "upload",
    "email": "mail",
    "whatsapp": "wa",
}
KINDS = {
    "pdf": "PDF",
    "docx": "Word document",
    "doc": "Word document",
    "odt": "OpenDocument text",
    "rtf": "RTF document",
    "image": "picture",
    "signature_image": "small picture",
    "pages": "Pages document",
    "locked_document": "locked document",
    "spreadsheet": "spreadsheet",
    "presentation": "presentation",
    "audio": "voice message or sound",
    "video": "video",
    "contact_card": "contact card",
    "email": "passed-on email",
    "too_large": "file over 25 MB",
    "active_document": "document that loads or starts something",
    "disguised": "two kinds of file at once",
    "macro_document": "document with macros",
    "archive": "archive",
    "program": "program",
    "web_page": "web page",
    "calendar": "calendar entry",
    "empty": "empty file",
    "other": "file of no known kind",
}
DECIDED = {
    "confirmed": "Confirmed",
    "reassigned": "Given to somebody else",
    "assigned": "Given to its person",
    "uploaded": "Uploaded",
    "discarded": "Not a CV",
}
"""What became of a file, as the line of the resolved says it."""
DONE = {
    "confirmed": "Confirmed.",
    "reassigned": "Given to {name}. Whoever had it goes back to where they were.",
    "assigned": "Given to {name}.",
    "uploaded": "Uploaded for {name}.",
    "discarded": "Not a CV: no application has it.",
    "undone": "Taken back: everything is as it was.",
}
"""What was just done, as the toast says it."""
DECIDED_GLYPHS = {
    "confirmed": "check",
    "reassigned": "users",
    "assigned": "link",
    "uploaded": "upload",
    "discarded": "slash",
}


def kind_words(kind: str | None, pages: int | None) -> str:
    """``PDF, 2 pages``; empty where the file was not opened."""
    what = KINDS.get(kind or "", kind or "")
    count = f"{pages} page{'' if pages == 1 else 's'}" if pages else ""
    return ", ".join(it for it in (count or what,) if it)
