// Says who else has the article open, and when one of them has saved something.
import { announce, fill } from "desk/announce"
import { freshToken, isClean } from "desk/autosave"

const form = document.getElementById("article_form")
const list = document.getElementById("presence")
const EVERY = 10000
let digest = form?.dataset.digest
let savedAt = 0

async function call() {
  if (!form.dataset.presence) return
  const started = performance.now()
  try {
    const answer = await fetch(form.dataset.presence, {
      method: "POST",
      headers: { "X-CSRFToken": freshToken() },
      redirect: "manual",
    })
    if (!answer.ok) return
    const { others, digest: now } = await answer.json()
    show(others)
    if (now !== digest && started > savedAt && isClean()) elsewhere(others)
  } catch {
    // The bar says already that the server is away.
  }
}

function show(others) {
  const known = new Set([...list.children].map((face) => face.title))
  list.replaceChildren(
    ...others.map(({ name, initials }) => {
      const face = document.createElement("li")
      face.className = "face ringed"
      face.title = name
      const letters = document.createElement("span")
      letters.setAttribute("aria-hidden", "true")
      letters.textContent = initials
      const words = document.createElement("span")
      words.className = "visually-hidden"
      words.textContent = fill(list.dataset.here, { name })
      face.append(letters, words)
      return face
    }),
  )
  for (const { name } of others) if (!known.has(name)) announce(fill(list.dataset.here, { name }))
}

function elsewhere(others) {
  const note = document.getElementById("saved-elsewhere")
  if (!note.hidden) return
  const name = others.length === 1 ? others[0].name : list.dataset.somebody
  note.querySelector("[data-words]").textContent = fill(list.dataset.saved, { name })
  note.hidden = false
}

if (form?.dataset.digest !== undefined) {
  form.addEventListener("desk:saved", (event) => {
    digest = event.detail.digest
    savedAt = performance.now()
    if (!list.dataset.running) start()
  })
  document.querySelector("[data-load-again]")?.addEventListener("click", () => location.reload())
  window.addEventListener("pagehide", () => {
    if (!form.dataset.presence) return
    const data = new URLSearchParams({ leave: "1", csrfmiddlewaretoken: freshToken() })
    navigator.sendBeacon(form.dataset.presence, data)
  })
  start()
}

function start() {
  if (!form.dataset.presence) return
  list.dataset.running = "yes"
  call()
  setInterval(call, EVERY)
}
