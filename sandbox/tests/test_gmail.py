"""Gmail through google-api-python-client, on loopback."""

from __future__ import annotations

import base64
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build  # type: ignore[import-untyped]
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

SCOPE = "https://www.googleapis.com/auth/gmail.modify"


def gmail_of(house: Any, refresh_token: str | None = None) -> Any:
    settings = house.settings
    credentials = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=refresh_token or settings.google_refresh_token,
        token_uri=f"{house.url}/google-token/token",
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret,
        scopes=[SCOPE],
    )
    options = {"api_endpoint": f"{house.url}/gmail"}
    gmail = build(
        "gmail",
        "v1",
        credentials=credentials,
        cache_discovery=False,
        static_discovery=True,
        client_options=options,
    )
    return gmail.users()


@pytest.fixture
def gmail(house: Any) -> Any:
    return gmail_of(house)


@pytest.fixture
def label(gmail: Any) -> Callable[[str], str]:
    def create(name: str) -> str:
        return str(gmail.labels().create(userId="me", body={"name": name}).execute()["id"])

    return create


def mail(to: str = "ana@example.com", subject: str = "Salut", **headers: str) -> dict[str, str]:
    message = EmailMessage()
    message["From"] = "recruiting@example.com"
    message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Vă rugăm să ne trimiteți CV-ul.")
    return {"raw": base64.urlsafe_b64encode(bytes(message)).decode()}


def found(gmail: Any, q: str, **more: Any) -> list[str]:
    answer = gmail.messages().list(userId="me", q=q, **more).execute()
    return [message["id"] for message in answer.get("messages", [])]


def comes_in(house: Any, address: str = "ana@example.com", **more: Any) -> str:
    return str(house.control("POST", "/act/mail", {"address": address, "name": "Ana Țăranu"} | more)["id"])


def test_a_sent_mail_keeps_its_message_id_and_is_found_by_it(gmail: Any) -> None:
    sent = gmail.messages().send(userId="me", body=mail(Message_ID="<abc@recruitflow>")).execute()
    assert sent["labelIds"] == ["SENT"]
    assert found(gmail, "rfc822msgid:abc@recruitflow") == [sent["id"]]
    assert found(gmail, "rfc822msgid:<abc@recruitflow>") == [sent["id"]]
    assert found(gmail, "rfc822msgid:other@recruitflow") == []


def test_an_empty_list_has_no_messages_key(gmail: Any) -> None:
    assert gmail.messages().list(userId="me", q="from:nobody").execute() == {"resultSizeEstimate": 0}


def test_new_mail_gets_the_owners_label_once_it_exists(house: Any, gmail: Any, label: Any) -> None:
    before = comes_in(house, subject="CV")
    cvs, done = label("CVs"), label("CVs-Processed")
    after = comes_in(house, subject="CV")
    assert found(gmail, "in:inbox is:unread") == [after, before]
    assert found(gmail, "label:CVs -label:CVs-Processed") == [after]
    assert house.control("GET", "/state")["untouched_mails"] == 1
    body = {"addLabelIds": [done], "removeLabelIds": ["UNREAD"]}
    changed = gmail.messages().modify(userId="me", id=after, body=body).execute()
    assert set(changed["labelIds"]) == {"INBOX", cvs, done}
    assert found(gmail, "label:cvs -label:cvs-processed") == []
    assert house.control("GET", "/state")["untouched_mails"] == 0


def test_a_label_exists_once(gmail: Any, label: Any) -> None:
    label("CVs")
    with pytest.raises(HttpError) as taken:
        label("cvs")
    assert taken.value.status_code == 409
    names = {one["name"] for one in gmail.labels().list(userId="me").execute()["labels"]}
    assert {"INBOX", "UNREAD", "SENT", "CVs"} <= names


def test_a_cv_is_an_attachment_to_be_fetched_by_an_id_that_changes(house: Any, gmail: Any) -> None:
    id = comes_in(house, subject="CV", text="Atașat", file={"generated": True})
    message = gmail.messages().get(userId="me", id=id).execute()
    text, file = message["payload"]["parts"]
    assert base64.urlsafe_b64decode(text["body"]["data"]).decode().strip() == "Atașat"
    assert file["filename"].endswith((".pdf", ".docx"))
    key = file["body"]["attachmentId"]
    again = gmail.messages().get(userId="me", id=id).execute()["payload"]["parts"][1]["body"]["attachmentId"]
    assert key != again
    for one in (key, again):
        fetched = gmail.messages().attachments().get(userId="me", messageId=id, id=one).execute()
        content = base64.urlsafe_b64decode(fetched["data"])
        assert len(content) == fetched["size"] == file["body"]["size"]


def test_a_small_attachment_comes_inline(house: Any, gmail: Any) -> None:
    file = {"file_name": "a.txt", "content_type": "text/plain", "content": base64.b64encode(b"hi").decode()}
    id = comes_in(house, file=file)
    part = gmail.messages().get(userId="me", id=id).execute()["payload"]["parts"][1]
    assert "attachmentId" not in part["body"]
    assert base64.urlsafe_b64decode(part["body"]["data"]) == b"hi"


def test_the_forms_of_get(house: Any, gmail: Any) -> None:
    id = comes_in(house, subject="Întrebare", text="Bună ziua")
    raw = base64.urlsafe_b64decode(gmail.messages().get(userId="me", id=id, format="raw").execute()["raw"])
    assert b"Message-ID:" in raw
    minimal = gmail.messages().get(userId="me", id=id, format="minimal").execute()
    assert "payload" not in minimal
    assert minimal["snippet"] == "Bună ziua"
    assert minimal["internalDate"].isdigit()
    subject = (
        gmail.messages().get(userId="me", id=id, format="metadata", metadataHeaders=["Subject"]).execute()
    )
    assert subject["payload"]["headers"] == [{"name": "Subject", "value": "Întrebare"}]


def test_lists_are_paged(house: Any, gmail: Any) -> None:
    ids = [comes_in(house, subject=str(number)) for number in range(5)]
    seen: list[str] = []
    request = gmail.messages().list(userId="me", maxResults=2)
    while request is not None:
        page = request.execute()
        seen += [message["id"] for message in page.get("messages", [])]
        request = gmail.messages().list_next(request, page)
    assert seen == ids[::-1]


def test_batch_modify_changes_many_and_answers_nothing(house: Any, gmail: Any) -> None:
    ids = [comes_in(house), comes_in(house)]
    body = {"ids": ids, "removeLabelIds": ["UNREAD"]}
    assert not gmail.messages().batchModify(userId="me", body=body).execute()
    assert found(gmail, "is:unread") == []


def test_history_tells_what_came_and_what_changed(house: Any, gmail: Any) -> None:
    comes_in(house)
    start = gmail.getProfile(userId="me").execute()["historyId"]
    id = comes_in(house)
    gmail.messages().modify(userId="me", id=id, body={"removeLabelIds": ["UNREAD"]}).execute()
    told = gmail.history().list(userId="me", startHistoryId=start).execute()["history"]
    assert [set(entry) - {"id", "messages"} for entry in told] == [{"messagesAdded"}, {"labelsRemoved"}]
    with pytest.raises(HttpError) as stale:
        gmail.history().list(userId="me", startHistoryId="1").execute()
    assert stale.value.status_code == 404


def test_a_reply_joins_the_thread_of_the_mail_it_answers(house: Any, gmail: Any) -> None:
    house.person("+40700000001", "qualifies")
    sent = (
        gmail.messages().send(userId="me", body=mail(subject="Post RF-0000000", Message_ID="<m@r>")).execute()
    )
    house.pass_time(hours=24)
    [reply] = found(gmail, "in:inbox")
    message = gmail.messages().get(userId="me", id=reply).execute()
    headers = {header["name"]: header["value"] for header in message["payload"]["headers"]}
    assert message["threadId"] == sent["threadId"]
    assert headers["In-Reply-To"] == "<m@r>"
    assert headers["Subject"] == "Re: Post RF-0000000"
    assert headers["From"] == "Ana Țăranu <ana@example.com>"


def test_a_mail_without_sender_gets_the_accounts_own(gmail: Any) -> None:
    raw = base64.urlsafe_b64encode(b"To: ana@example.com\r\nSubject: x\r\n\r\nhi\r\n").decode()
    sent = gmail.messages().send(userId="me", body={"raw": raw}).execute()
    message = gmail.messages().get(userId="me", id=sent["id"], format="metadata").execute()
    assert {"name": "From", "value": "recruiting@example.com"} in message["payload"]["headers"]


@pytest.mark.parametrize(
    "body", [{}, {"raw": "!"}, {"raw": base64.urlsafe_b64encode(b"Subject: x\r\n\r\nx").decode()}]
)
def test_an_unusable_mail_is_refused(house: Any, gmail: Any, body: dict[str, str]) -> None:
    with pytest.raises(HttpError) as refused:
        gmail.messages().send(userId="me", body=body).execute()
    assert refused.value.status_code == 400
    assert house.ledger("message") == []


def test_what_is_not_there_is_404_in_googles_words(gmail: Any) -> None:
    with pytest.raises(HttpError) as missing:
        gmail.messages().get(userId="me", id="none").execute()
    assert missing.value.status_code == 404
    assert missing.value.reason == "Requested entity was not found."
    with pytest.raises(HttpError) as thread:
        gmail.messages().send(userId="me", body=mail() | {"threadId": "none"}).execute()
    assert thread.value.status_code == 404


def test_a_withdrawn_grant_is_a_refresh_error(house: Any) -> None:
    with pytest.raises(RefreshError) as withdrawn:
        gmail_of(house, "withdrawn").labels().list(userId="me").execute()
    assert "invalid_grant" in str(withdrawn.value)


def test_a_made_up_token_opens_nothing(house: Any) -> None:
    headers = {"Authorization": "Bearer ya29.a0ffffffff.0"}
    answer = house.http.get(f"{house.url}/gmail/gmail/v1/users/me/labels", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_quota_trouble_has_googles_reason(house: Any, gmail: Any) -> None:
    house.fault("status", provider="gmail", operation="messages_list", status=429)
    with pytest.raises(HttpError) as limited:
        found(gmail, "in:inbox")
    assert limited.value.status_code == 429
    assert limited.value.error_details[0]["reason"] == "rateLimitExceeded"


def test_a_mail_joins_the_thread_it_names_when_it_refers_to_it_and_has_its_subject(gmail: Any) -> None:
    first = gmail.messages().send(userId="me", body=mail(Message_ID="<first@recruitflow>")).execute()

    def sent(**fields: str) -> Any:
        body = mail(**fields) | {"threadId": first["threadId"]}
        return gmail.messages().send(userId="me", body=body).execute()

    joined = sent(subject="Re: Salut", In_Reply_To="<first@recruitflow>", Message_ID="<second@recruitflow>")
    assert joined["threadId"] == first["threadId"]
    by_reference = sent(subject="salut", References="<x@y> <second@recruitflow>")
    assert by_reference["threadId"] == first["threadId"]
    other_subject = sent(subject="Altceva", In_Reply_To="<first@recruitflow>")
    no_reference = sent(subject="Re: Salut")
    of_no_mail_of_it = sent(subject="Re: Salut", In_Reply_To="<elsewhere@example.com>")
    apart = {one["threadId"] for one in (other_subject, no_reference, of_no_mail_of_it)}
    assert len(apart) == 3
    assert first["threadId"] not in apart
    thread = gmail.threads().get(userId="me", id=first["threadId"], format="metadata").execute()
    assert [one["id"] for one in thread["messages"]] == [first["id"], joined["id"], by_reference["id"]]
    with pytest.raises(HttpError) as none:
        gmail.threads().get(userId="me", id="none").execute()
    assert none.value.status_code == 404


def test_an_api_that_is_switched_off_is_forbidden(house: Any, gmail: Any) -> None:
    """Neither is a limit, which a 403 may be as well."""
    house.fault("api_off", provider="gmail", count=None)
    with pytest.raises(HttpError) as off:
        gmail.getProfile(userId="me").execute()
    house.control("DELETE", "/faults")
    assert (off.value.status_code, off.value.error_details[0]["reason"]) == (403, "accessNotConfigured")
    assert gmail.getProfile(userId="me").execute()["emailAddress"]
