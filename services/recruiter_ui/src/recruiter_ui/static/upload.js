/* Uploads: too large a file is told before it is sent, and how far it is while it is. Without this a form posts as forms do. */
(() => {
  "use strict"
  const say = (form, text) => {
    const place = form.querySelector("[data-refusal]")
    place.querySelector("span").textContent = text
    place.hidden = !text
  }
  document.addEventListener("submit", event => {
    const form = event.target.closest("[data-upload]"), file = form?.querySelector("[type=file]").files[0]
    if (!form || !file) return
    event.preventDefault()
    if (file.size > form.dataset.most) return say(form, "The file is larger than " + Math.round(form.dataset.most / 1048576) + " MB. Ask for a smaller one.")
    say(form, "")
    const sending = new XMLHttpRequest(), bar = form.querySelector("progress"), button = form.querySelector("button")
    const end = () => { bar.hidden = true; button.disabled = false }
    bar.hidden = false
    button.disabled = true
    sending.upload.addEventListener("progress", at => { if (at.lengthComputable) bar.value = 100 * at.loaded / at.total })
    sending.addEventListener("error", () => { end(); say(form, "The connection broke off. Nothing was changed; try again.") })
    sending.addEventListener("load", () => {
      const there = sending.getResponseHeader("HX-Redirect")
      if (there) return location.assign(there)
      end()
      const page = new DOMParser().parseFromString(sending.responseText, "text/html")
      say(form, page.querySelector("#cv-add [data-refusal] span")?.textContent || "The file was not taken. Reload the page and try again.")
      const fresh = page.querySelector("#cv-add [name=command_id]")
      if (fresh) form.elements.command_id.value = fresh.value
    })
    sending.open("POST", form.action)
    sending.setRequestHeader("HX-Request", "true")
    sending.send(new FormData(form))
  })
})()
