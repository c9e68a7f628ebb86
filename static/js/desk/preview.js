// The preview beside the form: the unsaved form is sent to a frame, again whenever typing stops.
// Without this script the button opens the same page in a new tab.
import { announce } from "desk/announce"

const form = document.getElementById("article_form")
const button = form.querySelector("[data-preview]")
const pane = document.getElementById("preview-pane")
// Where there is no room beside the form, the pane covers it.
const covers = matchMedia("(max-width: 1100px)")
const PAUSE = 1000

let waiting
let cameFrom
let number = 0

const frames = () => [...pane.querySelectorAll("iframe")]

// Each answer comes in a frame of its own, and takes the place of the last when it is there: so
// nothing flickers, and nothing is added to what the back button goes through.
function send() {
  clearTimeout(waiting)
  const frame = document.createElement("iframe")
  frame.name = `preview-${(number += 1)}`
  frame.title = pane.dataset.title
  frame.className = "waiting"
  frame.addEventListener("load", () => show(frame))
  pane.querySelector("[data-stage]").append(frame)
  const before = [form.action, form.target]
  ;[form.action, form.target] = [button.formAction, frame.name]
  form.addEventListener("formdata", leaveFilesOut, { once: true })
  form.submit()
  ;[form.action, form.target] = before
  if (!before[1]) form.removeAttribute("target")
}

// A preview shows no file that is not stored; its name is enough to say so.
function leaveFilesOut({ formData }) {
  for (const [name, value] of [...formData]) {
    if (value instanceof File && value.size) formData.set(name, new File([], value.name))
  }
}

function show(frame) {
  const page = frame.contentDocument
  // The empty page that a new frame begins with.
  if (page?.URL === "about:blank") return
  const others = frames().filter((other) => other !== frame)
  const isLate = others.some((other) => !other.classList.contains("waiting") && place(other) > place(frame))
  if (isLate) return frame.remove()
  const top = others.find((other) => !other.classList.contains("waiting"))?.contentWindow
  const isPreview = Boolean(page?.querySelector(".preview-bar"))
  pane.querySelector("[data-failed]").hidden = isPreview
  if (!isPreview) {
    frame.remove()
    return announce(pane.querySelector("[data-failed]").textContent)
  }
  frame.classList.remove("waiting")
  frame.contentWindow.scrollTo({ top: top?.scrollY ?? 0, behavior: "instant" })
  page.addEventListener("click", openElsewhere)
  page.addEventListener("keydown", byKey)
  for (const other of others) if (place(other) < place(frame)) other.remove()
}

const place = (frame) => Number(frame.name.split("-")[1])

// Pages of the site refuse to be framed, and the form must not be left for them.
function openElsewhere(event) {
  const link = event.target.closest("a[href]")
  if (!link || link.getAttribute("href").startsWith("#")) return
  event.preventDefault()
  open(link.href, "_blank", "noopener")
}

const isOpen = () => !pane.hidden

function setOpen(wanted) {
  clearTimeout(waiting)
  pane.hidden = !wanted
  document.body.classList.toggle("previewing", wanted)
  button.setAttribute("aria-expanded", String(wanted))
  setCovering()
  if (wanted) {
    cameFrom = document.activeElement
    send()
    // Beside the form one goes on writing.
    if (covers.matches) pane.querySelector("[data-close]").focus()
    announce(pane.dataset.opened)
  } else {
    for (const frame of frames()) frame.remove()
    const isElsewhere = form.contains(document.activeElement)
    if (!isElsewhere) (form.contains(cameFrom) ? cameFrom : button).focus()
    announce(pane.dataset.closed)
  }
}

function setCovering() {
  const isCovered = isOpen() && covers.matches
  for (const id of [form.id, "header", "desk-nav"]) {
    const part = document.getElementById(id)
    if (part) part.inert = isCovered
  }
}

function setWidth(chosen) {
  for (const other of pane.querySelectorAll("[data-width]")) {
    other.setAttribute("aria-pressed", String(other === chosen))
  }
  pane.querySelector("[data-stage]").dataset.shown = chosen.dataset.width
}

function byKey(event) {
  if (event.key.toLowerCase() === "p" && event.shiftKey && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    setOpen(!isOpen())
  } else if (event.key === "Escape" && isOpen() && !event.defaultPrevented) {
    const isInPane = pane.contains(event.target) || event.view !== window
    if (isInPane || event.target === button) setOpen(false)
  }
}

function refreshSoon() {
  if (!isOpen()) return
  clearTimeout(waiting)
  waiting = setTimeout(send, PAUSE)
}

if (button) {
  button.setAttribute("aria-expanded", "false")
  button.setAttribute("aria-controls", pane.id)
  button.addEventListener("click", (event) => {
    event.preventDefault()
    setOpen(!isOpen())
  })
  pane.addEventListener("click", (event) => {
    const width = event.target.closest("[data-width]")
    if (width) setWidth(width)
    if (event.target.closest("[data-close]")) setOpen(false)
  })
  for (const name of ["input", "change", "cards:changed"]) form.addEventListener(name, refreshSoon)
  document.addEventListener("keydown", byKey)
  covers.addEventListener("change", setCovering)
}
