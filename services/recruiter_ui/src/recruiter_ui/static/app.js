/* What the pages need beyond htmx: keys, selection, live rows, theme, toasts. No eval, no inline handlers. */
(() => {
  "use strict"
  const $ = (selector, within = document) => within.querySelector(selector)
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const list = $("#list"), sheet = $("#sheet"), keys = $("#keys")
  const rows = () => all(".tbl tbody tr[data-href]")
  let cursor = null, going = false

  // A sheet that is a page of its own is answered by a page: there is nothing behind it to go back to.
  all(".alone form[hx-post]").forEach(form => form.removeAttribute("hx-post"))

  document.addEventListener("htmx:config:request", event => {
    const request = event.detail.ctx.request
    if (request.method !== "GET") request.headers["X-CSRF-Token"] = document.body.dataset.csrf
  })
  document.documentElement.classList.add("js")

  /* toasts: polite for news, assertive for trouble */
  const toast = (text, bad) => {
    const it = document.createElement("div")
    it.className = bad ? "toast bad0" : "toast"
    if (bad) it.setAttribute("role", "alert")
    it.textContent = text
    $("#toasts").append(it)
    setTimeout(() => it.remove(), bad ? 15000 : 8000)
  }
  const trouble = () => toast("RecruitFlow did not answer; nothing was changed. Try again in a moment.", true)
  document.addEventListener("htmx:error", event => { if (event.detail.ctx?.request?.method !== "GET") trouble() })
  document.addEventListener("htmx:before:swap", event => {
    const status = event.detail.ctx?.response?.status
    if (status >= 500 && event.detail.ctx.request.method !== "GET") { event.preventDefault(); trouble() }
    else if (status >= 400 && status !== 422) event.preventDefault()
  })

  /* selection: rows, groups, the whole page, and everybody matching as a second step */
  const boxes = within => all("tbody tr[data-href] .cb", within)
  const tally = () => {
    if (!list) return
    const chosen = boxes(list).filter(it => it.checked).length, total = boxes(list).length
    const everyone = $("[data-everyone]", list), meant = $("#everyone").value === "yes"
    $("#ticked").textContent = meant ? "Everybody matching" : chosen + " selected"
    everyone.hidden = meant || chosen === 0 || chosen < total
    for (const box of all("[data-group-of], [data-all]", list)) {
      const mine = boxes(box.dataset.groupOf ? box.closest("tbody") : list), on = mine.filter(it => it.checked).length
      box.checked = on > 0 && on === mine.length
      box.indeterminate = on > 0 && on < mine.length
    }
  }
  const clear = () => { boxes(list).forEach(it => { it.checked = false }); $("#everyone").value = ""; tally() }
  list?.addEventListener("change", event => {
    const box = event.target
    if (box.matches("[data-group-of], [data-all]")) boxes(box.dataset.groupOf ? box.closest("tbody") : list).forEach(it => { it.checked = box.checked })
    $("#everyone").value = ""
    tally()
  })
  list?.addEventListener("click", event => {
    if (event.target.closest("[data-clear]")) return clear()
    if (event.target.closest("[data-everyone]")) { $("#everyone").value = "yes"; return tally() }
  })
  document.addEventListener("click", event => {
    const row = event.target.closest(".tbl tr[data-href]")
    if (row && !event.target.closest("a, button, input, label") && !getSelection().toString()) location.href = row.dataset.href
  })
  $("#filters")?.addEventListener("change", event => event.currentTarget.requestSubmit())
  $("#filters")?.addEventListener("submit", event => all("select, input", event.currentTarget).forEach(it => { it.disabled = it.value === "" }))

  /* the sheet: preview of calls and its outcome */
  const closeSheet = () => { sheet?.replaceChildren() }
  sheet?.addEventListener("click", event => {
    if (event.target.closest("[data-close]") || event.target.matches("[data-sheet]")) {
      event.preventDefault()
      if ($("[data-done]", sheet) && list) clear()
      closeSheet()
    }
  })
  document.addEventListener("htmx:after:swap", () => {
    const done = sheet && $("[data-done]", sheet)
    if (done?.dataset.toast) { toast(done.dataset.toast); closeSheet(); if (list) clear() }
    else if (sheet?.firstElementChild && !sheet.contains(document.activeElement)) $("[autofocus], [data-close]", sheet)?.focus()
    if (cursor) point(cursor)
    settle(); tick(); tally()
  })

  /* forms of an application: what a button means, and no change of the page under what is being typed */
  const dialog = () => $(".acting:popover-open, .acting.asked")
  document.addEventListener("click", event => {
    const pick = event.target.closest("[data-choose]")
    const option = pick && $("#" + pick.getAttribute("popovertarget") + " [value='" + pick.dataset.choose + "']")
    if (option) {
      option.checked = true
      // opened here and not by the button itself, so that the next key is already a letter of the reason
      event.preventDefault()
      option.closest(".acting").showPopover()
      $(pick.dataset.choose === "callback" ? "[name=at]" : "[name=reason]", option.form).focus()
    }
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target) || event.target.closest(".mi")) menu.open = false
  })
  /* a moment named on their clock, told on ours while it is being typed */
  const offset = (zone, ms) => {
    const part = {}
    for (const it of new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", dateStyle: "short", timeStyle: "short" }).formatToParts(ms)) part[it.type] = +it.value
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute) - ms
  }
  document.addEventListener("input", event => {
    const field = event.target.closest("[data-zone]"), wall = field && Date.parse(field.value + "Z")
    if (!field) return
    const at = wall - offset(field.dataset.zone, wall - offset(field.dataset.zone, wall || 0)), own = field.dataset.own
    field.parentElement.querySelector("output").textContent = wall && own !== field.dataset.zone ? "That is " + new Intl.DateTimeFormat("en-GB", { timeZone: own, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(at) + " on your clock." : ""
  })
  const held = new Set()
  const refresh = name => { dialog() ? held.add(name) : document.body.dispatchEvent(new CustomEvent(name)) }
  document.addEventListener("toggle", event => {
    if (event.newState !== "closed" || !event.target.matches(".acting")) return
    held.forEach(name => { held.delete(name); refresh(name) })
  }, true)
  const flash = $(".toast.flash")
  if (flash) { toast(flash.dataset.toast); flash.remove() }
  const said = $("[data-say] > span")
  if (said) setTimeout(() => { $("#toasts").append(Object.assign(document.createElement("div"), { className: "sr", textContent: said.textContent })) }, 100)

  /* live: one stream per tab; rows morph in place and never jump away under the pointer */
  const waiting = new Set()
  let heard = Date.now(), asked = null, dirty = false
  const live = $("#live"), tag = () => $("#live-tag")
  const listen = data => {
    if (data.everything) {
      // Parts that fetch themselves do so; only the list, whose order its reader chose, has to be asked for.
      const parts = all("[hx-trigger*='rf:']").flatMap(it => it.getAttribute("hx-trigger").match(/rf:[\w-]+/g))
      for (const name of new Set(parts)) refresh(name)
      dirty ||= Boolean(list)
      return stale()
    }
    document.body.dispatchEvent(new CustomEvent("rf:counts"))
    for (const kind of ["import", "cv", "unmatched", "messages", "position", "live_lead", "duplicates", "candidate", "stop", "connection"]) if (data[kind]) document.body.dispatchEvent(new CustomEvent("rf:" + kind))
    for (const id of data.application || []) {
      refresh("rf:application-" + id)
      if (list) { if ($("#a" + CSS.escape(id))) waiting.add(id); else if (!list.dataset.address) fresh.add(id) }
    }
    if (data.stop) {
      // What is queued says that calls are stopped, or no longer so, though nothing of its own has changed.
      refresh("rf:sentences")
      if (list) all("tr[data-stage='to_call']", list).forEach(row => waiting.add(row.id.slice(1)))
    }
    for (const id of data.import || []) document.body.dispatchEvent(new CustomEvent("rf:import-" + id))
    for (const id of data.generation || []) document.body.dispatchEvent(new CustomEvent("rf:generation-" + id))
    for (const id of data.candidate || []) document.body.dispatchEvent(new CustomEvent("rf:candidate-" + id))
    if (list && (waiting.size || data.application)) asked ??= setTimeout(fetchRows, 300)
  }
  const fresh = new Set()
  const fetchRows = async () => {
    const ids = [...waiting].slice(0, 100)
    ids.forEach(id => waiting.delete(id))
    await htmx.ajax("GET", "/applications/rows?ids=" + ids.join(",") + "&" + list.dataset.address, { source: live, target: "#live", swap: "none" })
    asked = waiting.size ? setTimeout(fetchRows, 300) : null
  }
  const settle = () => {
    if (!list) return
    let moved = 0
    for (const body of all("tbody[data-group]", list)) {
      const gone = all("tr[data-href]", body).filter(row => row.dataset.stage !== body.dataset.group)
      gone.forEach(row => row.classList.add("moved"))
      $("[data-moved]", body).textContent = gone.length ? "· " + gone.length + " moved on" : ""
      moved += gone.length
    }
    moved += fresh.size
    const refresh = $("#refresh")
    refresh.hidden = moved === 0
    $("span", refresh).textContent = moved + " changed, refresh order"
  }
  live?.addEventListener("change", event => { heard = Date.now(); stale(); listen(JSON.parse(event.detail.data)) })
  live?.addEventListener("beat", () => { heard = Date.now(); stale() })
  const stale = () => {
    const silent = Math.round((Date.now() - heard) / 1000), lost = silent > 20 && !document.hidden
    $("#stale").hidden = !lost && !dirty
    if (lost) $("#stale-text").textContent = "Live updates lost " + silent + " s ago. What you see may be old."
    else if (dirty) $("#stale-text").textContent = "Very much has changed. Reload to see it all."
    const it = tag()
    if (it) { it.classList.toggle("off", lost); it.lastElementChild.textContent = lost ? "Not live" : "Live" }
  }
  setInterval(stale, 2000)
  /* A tab that nobody has looked at yet has no stream: a browser has six connections for all tabs of an address. */
  const connect = () => live.setAttribute("hx-sse:connect", live.dataset.stream)
  if (live && !document.hidden) connect()  // before htmx looks at the page
  else if (live) document.addEventListener("visibilitychange", () => { connect(); htmx.process(live) }, { once: true })
  document.addEventListener("visibilitychange", () => { heard = Date.now() })
  const ahead = Date.now() / 1000 - document.body.dataset.now
  const tick = () => {
    for (const it of all("[data-since]")) {
      const seconds = Math.max(0, Math.round(Date.now() / 1000 - ahead - it.dataset.since))
      if (seconds < 3600) it.textContent = String(Math.floor(seconds / 60)).padStart(2, "0") + ":" + String(seconds % 60).padStart(2, "0")
    }
  }
  const countDown = () => {
    for (const it of all("[data-until]")) {
      const left = Math.ceil(it.dataset.until - Date.now() / 1000 + ahead)
      it.textContent = left > 90 ? Math.round(left / 60) + " min" : left > 0 ? left + " s" : "a moment"
      if (left === -3) document.body.dispatchEvent(new CustomEvent("rf:messages"))
    }
  }
  setInterval(() => { tick(); countDown() }, 1000)
  countDown()
  const opens = $("[data-opens]")
  if (opens) document.getElementById(opens.dataset.opens)?.showPopover?.()
  tick()

  /* theme: at once here, in the cookie for the next page */
  document.addEventListener("click", event => {
    if (event.target.closest("[data-reload]")) return location.reload()
    const toggle = event.target.closest("[data-theme-toggle]")
    if (!toggle) return
    event.preventDefault()
    const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches
    root.dataset.theme = dark ? "light" : "dark"
    const form = new FormData(toggle.form)
    form.set("theme", root.dataset.theme)
    fetch("/theme", { method: "POST", body: form, headers: { "HX-Request": "true" } }).catch(trouble)
  })

  /* keys */
  const point = row => {
    all("tr.cur").forEach(it => it.classList.remove("cur"))
    cursor = row?.isConnected ? row : null
    cursor?.classList.add("cur")
  }
  const move = by => {
    const those = rows()
    if (!those.length) return
    const at = those.indexOf(cursor)
    point(those[Math.max(0, Math.min(those.length - 1, at < 0 ? 0 : at + by))])
    cursor.scrollIntoView({ block: "nearest" })
  }
  const places = { d: "/", a: "/applications", m: "/messages", c: "/cvs", k: "/candidates", p: "/positions", i: "/import" }
  const acts = {
    j: () => move(1), k: () => move(-1),
    x: () => { const box = cursor && $(".cb", cursor); if (box) box.click() },
    c: () => $("[data-trigger-calls]")?.click(),
    r: () => { if ($("#refresh") && !$("#refresh").hidden) location.reload() },
    g: () => { going = true; setTimeout(() => { going = false }, 1500) },
    "/": () => ($("#q") ?? $("#find"))?.focus(),
    "?": () => (keys.open ? keys.close() : keys.showModal()),
    Enter: () => { if (cursor && document.activeElement === document.body) location.href = cursor.dataset.href }
  }
  /* single keys can be switched off (WCAG 2.1.4); this browser remembers it */
  let single = localStorage.getItem("rf_keys") !== "off"
  const off = $("#single-keys")
  if (off) { off.checked = single; off.addEventListener("change", () => { single = off.checked; localStorage.setItem("rf_keys", single ? "on" : "off") }) }
  addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) return event.target.closest(".acting form, #sheet form")?.requestSubmit()
    if (event.key === "Escape") {
      if (dialog()) return
      if (sheet?.firstElementChild) return closeSheet()
      if (event.target.matches("input:not(.cb), textarea, select")) return event.target.blur()
      if (list) clear()
      return
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input:not(.cb, [type=radio]), textarea, select")) return
    if ((keys?.open && event.key !== "?") || dialog() || (event.key.length === 1 && !single && !"?/".includes(event.key))) return
    if (going && places[event.key]) { event.preventDefault(); location.href = places[event.key]; return }
    const named = sheet?.firstElementChild ? [] : all("[data-key='" + CSS.escape(event.key) + "']")
    const pressed = named.find(it => it.checkVisibility()) ?? named[0]
    if (pressed) { event.preventDefault(); return pressed.click() }
    const act = acts[event.key]
    if (!act || (sheet?.firstElementChild && event.key !== "?")) return
    if (event.key !== "Enter") event.preventDefault()
    act()
  })

  /* forms: a select that acts at once, a file with its name and size, the one button that Ctrl+Enter presses */
  document.addEventListener("change", event => {
    const it = event.target
    if (it.matches("[data-submits]")) return it.form.requestSubmit()
    const file = it.matches("[data-drop] input") && it.files[0], said = it.closest("[data-drop]")?.querySelector("output")
    if (!said) return
    said.hidden = !file
    said.textContent = file ? file.name + ", " + (file.size < 1e6 ? Math.max(1, Math.round(file.size / 1e3)) + " KB" : (file.size / 1e6).toFixed(1) + " MB") : ""
    said.parentElement.classList.toggle("has", Boolean(file))
  })
  for (const [name, over] of [["dragenter", true], ["dragleave", false], ["drop", false]])
    document.addEventListener(name, event => event.target.closest?.("[data-drop]")?.classList.toggle("over", over))
  /* of the form one types in, else the one in sight: never of a form that nobody sees */
  const committing = at => {
    const form = at.closest?.("form")
    return form ? $("[data-commit]", form) : [...document.querySelectorAll("[data-commit]")].find(it => it.checkVisibility())
  }
  addEventListener("keydown", event => {
    if (!(event.metaKey || event.ctrlKey) || sheet?.firstElementChild) return
    const save = $("[data-save]")
    if (event.key === "Enter") (save ?? committing(event.target))?.click()
    else if (save && event.key.toLowerCase() === "s" && !event.shiftKey) { event.preventDefault(); save.click() }
  })
  const tabs = $(".tabs")
  tabs?.scrollTo({ left: ($("[aria-current]", tabs)?.offsetLeft ?? 0) - 40 })
  tally()
})()
