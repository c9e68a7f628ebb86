// Saves what one types to the working copy, and says so in the bar.
//
// What was sent once is sent again until the server has answered: nobody knows whether it arrived,
// and only its answer says what the next text is based on.
import { announce, fill } from "desk/announce"
import { discard, keep, store } from "desk/backup"
import { body, card, giveKeys, snapshot } from "desk/rows"

const form = document.getElementById("article_form")
const state = document.getElementById("save-state")
const PAUSE = 1500
const AT_LEAST_EVERY = 8000
const RETRY = 4000

let saved = ""
let waiting = null
let since = null
let unanswered = null
let running = null

const icons = { saved: "check", saving: "history", offline: "offline", error: "stop", held: "warn" }

function show(name, words, action) {
  state.hidden = false
  if (state.dataset.state === name && state.textContent.trim() === words && !action) return
  state.dataset.state = name
  const svg = state.querySelector("svg use")
  svg.setAttribute("href", `#i-${icons[name]}`)
  state.querySelector("[data-words]").textContent = words
  for (const each of state.querySelectorAll("[data-action]")) {
    each.hidden = each.dataset.action !== action
  }
  if (name !== "saved" && name !== "saving") announce(words)
}

const words = (name, values = {}) => fill(state.dataset[name], values)

export const isClean = () => !running && !unanswered && snapshot(form) === saved

function cookie(name) {
  const start = `${name}=`
  const found = document.cookie.split("; ").find((each) => each.startsWith(start))
  return found ? decodeURIComponent(found.slice(start.length)) : ""
}

// After a new login the old token is worth nothing.
export function freshToken() {
  const input = form.querySelector("[name=csrfmiddlewaretoken]")
  input.value = cookie(form.dataset.csrfCookie) || input.value
  return input.value
}

export function changed() {
  clearTimeout(waiting)
  since ??= Date.now()
  const pause = Math.max(0, Math.min(PAUSE, since + AT_LEAST_EVERY - Date.now()))
  waiting = setTimeout(save, pause)
}

function later(pause) {
  clearTimeout(waiting)
  waiting = setTimeout(save, pause)
}

export function save() {
  running ??= send().finally(() => (running = null))
  return running
}

async function send() {
  clearTimeout(waiting)
  const now = snapshot(form)
  if (now === saved && !unanswered) {
    since = null
    return
  }
  const sent = (unanswered ??= { text: body(form), snapshot: now })
  sent.text.set("csrfmiddlewaretoken", freshToken())
  const slow = setTimeout(() => show("saving", words("saving")), 1000)
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: sent.text,
      redirect: "manual",
      keepalive: sent.text.toString().length < 60000,
    })
    if (answer.ok) take(await answer.json(), sent)
    else refused(answer)
  } catch {
    show("offline", words("offline"))
    later(RETRY)
  } finally {
    clearTimeout(slow)
  }
}

function refused(answer) {
  if (answer.type === "opaqueredirect") {
    show("error", words("login"), "login")
    later(RETRY)
  } else if (answer.status >= 500) {
    show("offline", words("offline"))
    later(RETRY)
  } else {
    unanswered = null
    const reasons = { 403: words("forbidden"), 404: words("gone"), 413: words("large") }
    show("error", reasons[answer.status] ?? words("refused"))
  }
}

function take(answer, sent) {
  unanswered = null
  since = null
  saved = sent.snapshot
  for (const [prefix, parts] of Object.entries(answer.opened)) {
    const input = form.elements[prefix ? `${prefix}-opened` : "opened"]
    if (input) input.value = JSON.stringify({ ...JSON.parse(input.value || "{}"), ...parts })
  }
  settle(answer)
  form.dispatchEvent(new CustomEvent("desk:saved", { detail: answer }))
  if (snapshot(form) !== saved) changed()
  else if (!answer.problems.length && !answer.conflicts.length) discard()
}

function settle(answer) {
  form.dataset.autosave = answer.where.autosave
  if (form.dataset.presence !== answer.where.presence) {
    // A new article has its own address from now on.
    form.dataset.presence = answer.where.presence
    history.replaceState(null, "", answer.where.change)
  }
  const name = (row, label) =>
    [card(row)?.querySelector("[data-name]").textContent, label].filter(Boolean).join(", ")
  if (answer.conflicts.length) {
    const [{ row, label }] = answer.conflicts
    show("error", words("conflict", { name: name(row, label) }), "conflict")
  } else if (answer.problems.length) {
    const [{ row, label, says }] = answer.problems
    show("held", words("problem", { name: name(row, label), says }))
  } else {
    show("saved", words("saved", { time: answer.saved_at }))
  }
}

if (form?.dataset.autosave) {
  giveKeys(form)
  form.addEventListener("formset:added", () => giveKeys(form))
  // The cards number themselves while the page starts.
  requestAnimationFrame(() => (saved = snapshot(form)))
  const note = () => {
    keep()
    changed()
  }
  for (const name of ["input", "change", "cards:changed"]) form.addEventListener(name, note)
  document.addEventListener("visibilitychange", () => document.hidden && save())
  window.addEventListener("online", () => save())
  form.addEventListener("submit", (event) => {
    freshToken()
    clearTimeout(waiting)
    // The answer may be a login page.
    if (!isClean()) store()
    if (!running && !unanswered) return
    // Otherwise one's own text of a second ago would look like a colleague's.
    event.preventDefault()
    const { submitter } = event
    save().then(() => {
      if (unanswered) unanswered = null
      form.requestSubmit(submitter)
    })
  })
}
