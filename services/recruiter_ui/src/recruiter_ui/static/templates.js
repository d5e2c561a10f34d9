/* The form of a message template: placeholders go in where the cursor stood. */
(() => {
  "use strict"
  let field = document.querySelector("#body")
  document.addEventListener("focusin", event => { if (event.target.matches("[data-fills]")) field = event.target })
  document.addEventListener("click", event => {
    const press = event.target.closest("[data-insert]")
    if (!press || !field) return
    const text = press.dataset.insert
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end")
    field.focus()
    field.dispatchEvent(new Event("input", { bubbles: true }))
  })
})()
