// Keeps a comment that is being written: in this tab alone and until it is closed, for others may
// use the machine and the words may be about somebody's health. Never the name or the address.

const SENT = "evenhand-sent"
const form = document.getElementById("comment-form")
const note = document.querySelector(".draft")

const storage = {
  get: (key) => attempt(() => sessionStorage.getItem(key)),
  set: (key, value) => attempt(() => sessionStorage.setItem(key, value)),
  remove: (key) => attempt(() => sessionStorage.removeItem(key)),
}

function attempt(action) {
  try {
    return action()
  } catch {
    return null // Switched off, or full.
  }
}

function keep(form) {
  const key = `evenhand-draft ${form.getAttribute("action")}`
  const { comment, about } = form.elements

  function store() {
    if (comment.value.trim()) {
      storage.set(key, JSON.stringify({ comment: comment.value, about: about.value }))
    } else {
      storage.remove(key)
    }
    note.hidden = !storage.get(key)
  }

  const kept = attempt(() => JSON.parse(storage.get(key)))
  if (kept && !comment.value) {
    comment.value = kept.comment
    // What the address asks for counts more.
    if (!about.value) about.value = kept.about
    if (about.selectedIndex < 0) about.value = ""
  }
  note.hidden = !storage.get(key)
  form.addEventListener("input", store)
  form.addEventListener("submit", () => storage.set(SENT, key))
  note.querySelector("button").addEventListener("click", () => {
    comment.value = ""
    store()
    comment.focus()
  })
}

if (form && note) {
  // It came back with an error, or was not sent at all.
  storage.remove(SENT)
  keep(form)
} else if (storage.get(SENT)) {
  // The page after sending.
  storage.remove(storage.get(SENT))
  storage.remove(SENT)
}
