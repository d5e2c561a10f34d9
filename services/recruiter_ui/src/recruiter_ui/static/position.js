/* The form of a position: texts that arrive while it is open, and the rows of criteria. */
(() => {
  "use strict"
  const $ = (selector, within = document) => within.querySelector(selector)
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const say = text => { const it = document.createElement("div"); it.className = "sr"; it.textContent = text; $("#toasts")?.append(it); setTimeout(() => it.remove(), 8000) }

  /* a text that was written takes the place of the old one, once; what was there can be put back */
  const taken = new Set(), former = {}
  const arrive = () => {
    for (const head of all(".ph[data-section]")) {
      const name = head.dataset.section, field = document.getElementById(name), state = head.dataset.state
      if (!field) continue
      const busy = state === "queued" || state === "writing"
      field.readOnly = busy
      field.toggleAttribute("aria-busy", busy)
      const made = state === "written" ? name + head.dataset.made : ""
      if (made && !taken.has(made)) {
        taken.add(made)
        if (field.value.trim() !== head.dataset.text.trim()) {
          former[name] = field.value
          field.value = head.dataset.text
          say(head.querySelector("label").textContent + " written")
        }
      }
      const back = $("[data-put-back]", head)
      if (back) back.hidden = !former[name]?.trim() || busy
    }
  }
  document.addEventListener("htmx:after:swap", arrive)
  document.addEventListener("click", event => {
    const back = event.target.closest("[data-put-back]")
    if (!back) return
    const name = back.closest(".ph").dataset.section, field = document.getElementById(name)
    ;[field.value, former[name]] = [former[name], field.value]
    field.focus()
  })
  arrive()

  /* criteria: rows are added, moved and removed; where they stand is what is saved */
  const rows = $("#crows"), blank = $("#cblank")
  let next = rows ? rows.children.length : 0
  const names = () => all("[data-crow]", rows).forEach((row, at) => {
    const text = $("[name$='.text']", row).value.trim() || "criterion " + (at + 1)
    for (const [selector, verb] of [["[data-cup]", "Move up: "], ["[data-cdown]", "Move down: "], ["[data-cgone]", "Remove: "]]) $(selector, row).setAttribute("aria-label", verb + text)
    $("[data-cup]", row).disabled = at === 0
    $("[data-cdown]", row).disabled = at === rows.children.length - 1
  })
  if (rows) {
    $("#cadd").addEventListener("click", () => {
      const row = blank.content.firstElementChild.cloneNode(true)
      for (const field of all("[name]", row)) field.name = field.name.replace("9999", next)
      next += 1
      rows.append(row)
      names()
      $("[name$='.text']", row).focus()
    })
    rows.addEventListener("click", event => {
      const row = event.target.closest("[data-crow]"), press = event.target.closest("button")
      if (!row || !press) return
      if (press.matches("[data-cgone]")) {
        const beside = row.nextElementSibling ?? row.previousElementSibling
        row.remove()
        ;(beside ? $("[name$='.text']", beside) : $("#cadd")).focus()
        say("Removed")
      } else if (press.matches("[data-cup]") && row.previousElementSibling) { row.previousElementSibling.before(row); press.focus(); say("Moved up") }
      else if (press.matches("[data-cdown]") && row.nextElementSibling) { row.nextElementSibling.after(row); press.focus(); say("Moved down") }
      names()
    })
    rows.addEventListener("change", names)
    names()
  }
})()
