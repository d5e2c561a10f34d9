/* The messages inbox: the end of the talk in sight, what is seen marked as read, nothing typed ever lost. */
(() => {
  "use strict"
  const $ = (selector, within = document) => within.querySelector(selector)
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const thread = () => $("#thr")
  const SLACK = 80
  let atEnd = true

  const toEnd = () => { const it = thread(); if (it) it.scrollTop = it.scrollHeight }
  thread()?.addEventListener("scroll", event => { const it = event.target; atEnd = it.scrollHeight - it.scrollTop - it.clientHeight < SLACK }, { passive: true })

  /* what is on a page that somebody looks at is read; a tab in the background has seen nothing */
  const told = new Set()
  const mark = () => {
    if (document.visibilityState !== "visible") return
    for (const form of all("form[data-mark]")) {
      const fresh = all("[name=id]", form).map(it => it.value).filter(id => !told.has(id))
      if (!fresh.length) continue
      fresh.forEach(id => told.add(id))
      fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf } })
        .then(answer => { if (!answer.ok) throw new Error(answer.status) })
        .catch(() => fresh.forEach(id => told.delete(id)))
    }
  }
  document.addEventListener("visibilitychange", mark)

  /* what is typed is kept in this tab until it is sent */
  const key = () => { const it = thread(); return it ? "rf_draft_" + it.dataset.talk : null }
  const field = () => $("#composer-body")
  const recall = () => {
    const it = field(), kept = key() && sessionStorage.getItem(key())
    if (it && kept && !it.value) it.value = kept
  }
  document.addEventListener("input", event => {
    if (event.target !== field() || !key()) return
    event.target.value ? sessionStorage.setItem(key(), event.target.value) : sessionStorage.removeItem(key())
  })
  document.addEventListener("submit", event => { if (event.target.id === "composer" && key()) sessionStorage.removeItem(key()) })

  /* a toast with a way back stays ten seconds, and as long as somebody looks at it */
  for (const it of all("[data-undo]")) {
    let left = 10
    const timer = setInterval(() => {
      if (it.matches(":hover, :focus-within")) return
      if (--left <= 0) { clearInterval(timer); it.remove() }
    }, 1000)
    history.replaceState(null, "", location.href.replace(/[?&]did=[^&]*(&n=\d*)?/, ""))
  }

  document.addEventListener("htmx:after:swap", event => {
    const list = $("#convs"), said = $("#unread-said")
    if (list && said) said.textContent = +list.dataset.unread ? (+list.dataset.unread).toLocaleString("en") + (list.dataset.unread >= 1000 ? "+" : "") + " unread" : "all read"
    if (atEnd) toEnd()
    mark()
  })
  $("#convs [aria-current]")?.scrollIntoView({ block: "nearest" })
  recall(); toEnd(); mark()
  if (location.hash === "#composer-body") field()?.focus()
})()
