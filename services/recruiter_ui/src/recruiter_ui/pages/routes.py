"""Which address leads to which page."""

from __future__ import annotations

from recruiter_ui.pages import (
    applications,
    bulk,
    calls,
    candidate,
    candidate_form,
    candidates,
    connections,
    contact,
    conversation_actions,
    cv_decisions,
    cv_upload,
    cvs,
    dashboard,
    decisions,
    detail,
    duplicates,
    evaluations,
    import_one,
    imports,
    live_leads,
    login,
    message_files,
    message_preview,
    message_template_form,
    message_templates,
    messages,
    opening,
    position_form,
    positions,
    prompt_template_form,
    prompt_templates,
    recordings,
    reevaluating,
    shared,
    stops,
    uploading,
    writing_form,
    writing_to,
)
from recruiter_ui.web import Pages


def add_pages(pages: Pages) -> None:
    pages.open("/static/{name:path}", shared.static_file)
    pages.open("/login", login.show)
    pages.open("/login", login.log_in, "POST")
    pages.post("/logout", login.log_out)
    pages.post("/theme", shared.set_theme)
    pages.get("/live", shared.live)
    pages.get("/parts/nav", shared.nav)
    pages.get("/parts/dialler", shared.dialler)
    pages.get("/parts/stops", shared.stops)
    pages.get("/parts/unread", shared.unread)
    pages.get("/parts/opening", opening.show)
    pages.get("/more", shared.more)
    pages.get("/parts/mailbox", connections.mailbox)
    pages.get("/parts/alarms", connections.alarms)
    pages.get("/settings", connections.show)
    pages.post("/settings/gmail/connect", connections.connect)
    pages.get("/settings/gmail/callback/", connections.callback)
    pages.get("/settings/gmail/disconnect", connections.ask_disconnect)
    pages.post("/settings/gmail/disconnect", connections.disconnect)

    pages.get("/", dashboard.show)
    pages.get("/applications", applications.show)
    pages.get("/applications/page", applications.next_rows)
    pages.get("/applications/rows", applications.changed_rows)
    pages.get("/applications/find", applications.find)
    pages.get("/applications/{application_id:int}", detail.show)
    pages.get("/applications/{application_id:int}/evaluations", evaluations.show)
    pages.post("/applications/{application_id:int}/{action:str}", decisions.act)
    pages.post("/applications/assigning", bulk.ask_assign)
    pages.post("/applications/assign", bulk.assign)
    pages.post("/applications/closing", bulk.ask_close)
    pages.post("/applications/close", bulk.close)
    pages.post("/calls/preview", calls.preview)
    pages.post("/calls", calls.queue)
    pages.get("/calls/{call_id:uuid}/recording", recordings.play)
    pages.get("/calls/stop", stops.ask)
    pages.post("/calls/stop", stops.stop)
    pages.post("/calls/resume", stops.resume)

    pages.get("/candidates", candidates.show)
    pages.get("/candidates/new", candidate_form.new)
    pages.post("/candidates/new", candidate_form.add)
    pages.get("/candidates/{candidate_id:int}", candidate.show)
    pages.get("/candidates/{candidate_id:int}/edit", candidate_form.edit)
    pages.post("/candidates/{candidate_id:int}/edit", candidate_form.correct)
    pages.post("/candidates/{candidate_id:int}/applications", candidate.open_application)
    pages.post("/candidates/{candidate_id:int}/forbid", contact.forbid)
    pages.post("/candidates/{candidate_id:int}/allow", contact.allow)
    pages.post("/candidates/{candidate_id:int}/merges/{merge_id:uuid}/undo", candidate.undo_merge)
    pages.get("/duplicates", duplicates.show)
    pages.get("/duplicates/{one:int}/{other:int}", duplicates.compare)
    pages.post("/duplicates/{one:int}/{other:int}/merge", duplicates.merge)
    pages.post("/duplicates/{one:int}/{other:int}/apart", duplicates.keep_apart)
    pages.post("/duplicates/undo", duplicates.undo_merge)
    pages.get("/positions", positions.show)
    pages.get("/positions/new", position_form.new)
    pages.post("/positions/new", position_form.open_position)
    pages.get("/positions/{position_id:int}", position_form.edit)
    pages.post("/positions/{position_id:int}", position_form.revise)
    for form in ("/positions/new", "/positions/{position_id:int}"):
        pages.get(f"{form}/writing", writing_form.watch)
        pages.post(f"{form}/writing", writing_form.start)
        pages.post(f"{form}/writing/stop", writing_form.stop)
    pages.get("/positions/{position_id:int}/reevaluate", reevaluating.ask)
    pages.post("/positions/{position_id:int}/reevaluate", reevaluating.reevaluate)
    pages.get("/positions/{position_id:int}/status", positions.ask_status)
    pages.post("/positions/{position_id:int}/status", positions.set_status)
    pages.post("/positions/{position_id:int}/close-applications", positions.decide)

    pages.get("/templates", prompt_templates.show)
    pages.get("/templates/new", prompt_template_form.new)
    pages.post("/templates/new", prompt_template_form.create)
    pages.get("/templates/{template_id:int}", prompt_template_form.edit)
    pages.post("/templates/{template_id:int}", prompt_template_form.save)
    pages.post("/templates/{template_id:int}/activate", prompt_templates.activate)
    pages.post("/templates/{template_id:int}/deactivate", prompt_templates.deactivate)
    pages.post("/templates/{template_id:int}/try", prompt_template_form.try_it)
    pages.get("/templates/{template_id:int}/try/{generation_id:uuid}", prompt_template_form.trial)

    pages.get("/templates/messages", message_templates.show)
    pages.get("/templates/messages/new", message_templates.choose)
    template = "/templates/messages/{kind:str}/{channel:str}/{language:str}"
    pages.get(template, message_template_form.edit)
    pages.post(template, message_template_form.save)
    pages.post(f"{template}/preview", message_preview.show)

    pages.get("/import", imports.show)
    pages.post("/import", imports.upload, imports.MOST_BYTES + uploading.ROOM_FOR_FORM)
    pages.get("/import/{import_id:uuid}", import_one.show)
    pages.post("/import/{import_id:uuid}/confirm", import_one.confirm)
    pages.post("/import/{import_id:uuid}/into", import_one.look_again)
    pages.get("/import/{import_id:uuid}/undo", import_one.ask_undo)
    pages.post("/import/{import_id:uuid}/undo", import_one.undo)
    pages.get("/import/{import_id:uuid}/refused.csv", import_one.refused_rows)
    pages.post("/live-leads/bind", live_leads.bind)
    pages.post("/live-leads/retry", live_leads.retry)
    pages.get("/messages", messages.show)
    pages.get("/messages/list", messages.rows)
    pages.get("/messages/latest", messages.latest)
    pages.get("/messages/earlier", messages.earlier)
    pages.get("/messages/people", messages.people)
    pages.get("/messages/{message_id:uuid}/files/{place:int}", message_files.download)
    pages.get("/messages/{message_id:uuid}/text", message_files.whole_text)
    pages.get("/messages/{message_id:uuid}/text.txt", message_files.download_text)
    pages.post("/messages/mark", conversation_actions.mark)
    pages.post("/messages/done", conversation_actions.done)
    pages.post("/messages/later", conversation_actions.later)
    pages.post("/messages/delete", conversation_actions.delete)
    pages.post("/messages/restore", conversation_actions.restore)
    pages.post("/messages/link", conversation_actions.link)
    pages.post("/messages/unlink", conversation_actions.unlink)
    pages.post("/messages/write", writing_to.write)
    pages.post("/messages/{message_id:uuid}/take-back", writing_to.take_back)
    pages.post("/messages/{message_id:uuid}/send-now", writing_to.send_now)
    pages.post("/messages/{message_id:uuid}/settle", writing_to.settle)
    pages.get("/cvs", cvs.review)
    pages.get("/cvs/unmatched", cvs.unmatched)
    pages.get("/cvs/resolved", cvs.resolved)
    pages.get("/cvs/upload", cv_upload.show)
    pages.post("/cvs/upload", cv_upload.upload, uploading.MOST_BYTES + uploading.ROOM_FOR_FORM)
    pages.post("/cvs/undo", cv_decisions.undo)
    pages.post("/cvs/{cv_id:uuid}/confirm", cv_decisions.confirm)
    pages.post("/cvs/{cv_id:uuid}/reassign", cv_decisions.reassign)
    pages.get("/cvs/{cv_id:uuid}/file", cvs.download)
    pages.get("/cvs/unmatched/{item_id:uuid}/file", cvs.download_unmatched)
    pages.post("/cvs/unmatched/{item_id:uuid}/assign", cv_decisions.assign)
    pages.post("/cvs/items/{item_id:uuid}/discard", cv_decisions.discard)
