/* Listening to a call: one light player, and every moment of a transcript or of evidence leads into it. */
(() => {
  "use strict"
  const $ = (selector, within = document) => within.querySelector(selector)
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const SPEEDS = [1, 1.25, 1.5, 2]
  const clock = seconds => String(Math.floor(seconds / 60)).padStart(2, "0") + ":" + String(Math.floor(seconds % 60)).padStart(2, "0")
  const playerOf = call => $("[data-player='" + CSS.escape(call) + "']")
  const turnsOf = call => all("#tx-" + CSS.escape(call) + " .turn[data-at]")

  const paint = audio => {
    const box = audio.closest("[data-player]")
    if (!box) return
    const bar = $(".seek", box), total = Number.isFinite(audio.duration) ? Math.max(1, Math.round(audio.duration)) : +bar.max
    const at = Math.min(audio.currentTime, total)
    bar.max = total
    bar.value = Math.floor(at)
    bar.setAttribute("aria-valuetext", clock(at) + " of " + clock(total))
    $(".at0", box).textContent = clock(at)
    $(".end0", box).textContent = clock(total)
    $(".head", box).setAttribute("x", (at * 100 / total).toFixed(2) + "%")
    box.classList.toggle("playing", !audio.paused)
    const name = $(".pl", box), label = name.getAttribute("aria-label").replace(/^(Play|Pause)/, audio.paused ? "Play" : "Pause")
    if (name.getAttribute("aria-label") !== label) name.setAttribute("aria-label", label)
    const turns = turnsOf(box.dataset.player), heard = audio.paused && at === 0 ? -1 : turns.findLastIndex(turn => +turn.dataset.at <= at + .05)
    turns.forEach((turn, number) => turn.classList.toggle("now", number === heard))
  }
  const start = audio => {
    all("[data-player] audio").forEach(other => { if (other !== audio) other.pause() })
    audio.play().catch(problem => { if (problem.name !== "AbortError") fail(audio) })
  }
  const fail = audio => {
    const box = audio.closest("[data-player]")
    box.classList.add("failed")
    $(".says", box).textContent = "The recording can't be played at the moment."
  }
  const listen = (audio, seconds) => {
    audio.currentTime = seconds
    start(audio)
  }

  document.addEventListener("click", event => {
    const moment = event.target.closest("[data-seek]")
    if (moment) {
      const call = moment.dataset.call, seconds = +moment.dataset.seek, box = playerOf(call)
      const turns = turnsOf(call), turn = turns.findLast(it => +it.dataset.at <= seconds) ?? turns[0]
      if (!turn && !box) return
      event.preventDefault()
      if (turn) {
        turn.closest("details").open = true
        if (!turn.contains(moment)) turn.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
        turns.forEach(it => it.classList.toggle("now", it === turn))
      }
      if (box) listen($("audio", box), seconds)
      return
    }
    const box = event.target.closest("[data-player]")
    if (!box) return
    const audio = $("audio", box), speed = event.target.closest(".speed")
    if (event.target.closest(".pl")) audio.paused ? start(audio) : audio.pause()
    if (speed) {
      audio.playbackRate = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length]
      speed.textContent = audio.playbackRate + "×"
      speed.setAttribute("aria-label", "Speed " + audio.playbackRate)
    }
  })
  document.addEventListener("input", event => {
    const box = event.target.matches(".seek") && event.target.closest("[data-player]")
    if (!box) return
    const audio = $("audio", box)
    audio.currentTime = +event.target.value
    if (audio.readyState === 0) { audio.preload = "metadata"; audio.load() }
    paint(audio)
  })
  // media events do not bubble: heard on their way down
  for (const name of ["timeupdate", "play", "pause", "ended", "loadedmetadata", "seeked"])
    document.addEventListener(name, event => { if (event.target.matches?.("[data-player] audio")) paint(event.target) }, true)
  document.addEventListener("error", event => { if (event.target.matches?.("[data-player] audio")) fail(event.target) }, true)
})()
