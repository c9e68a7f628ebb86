// The picker of pictures: `pickPicture()` opens it and gives `{ id, url, thumbnail, width, height,
// alt, name }` of the one that is used, or null. An empty `alt` means that it is only decoration.
const dialog = document.getElementById("picture-picker")
const form = dialog?.querySelector("form")
const words = dialog?.dataset
const find = (selector) => dialog.querySelector(selector)

let pictures = new Map()
let chosen = null
let next = null
// The answer to an older search may come after that to a newer one.
let search = 0
let answer = null
let settle = null
let loading = null

class Refusal extends Error {}

async function ask(url, options) {
  let response
  try {
    response = await fetch(url, { headers: { Accept: "application/json" }, ...options })
  } catch {
    throw new Refusal(words.unreachable)
  }
  if (response.redirected || response.status === 403) throw new Refusal(words.refused)
  if (response.status === 413) throw new Refusal(words.tooLarge)
  if (response.status === 422) throw new Refusal((await response.json()).sentence)
  if (!response.ok) throw new Refusal(words.unreachable)
  return response.json()
}

// Adds a file to the library; raises an error whose message is the sentence for the field.
export async function uploadPicture(file) {
  if (file.size > 10 * 1024 * 1024) throw new Refusal(words.tooLarge)
  const body = new FormData()
  body.append("file", file)
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value
  return ask(words.upload, { method: "POST", body, headers: { "X-CSRFToken": token } })
}

// A sentence at a field; without one it is taken away.
export function say(field, place, sentence = "") {
  place.textContent = sentence
  place.hidden = !sentence
  if (sentence) field.setAttribute("aria-invalid", "true")
  else field.removeAttribute("aria-invalid")
}

function show(picture, first = false) {
  pictures.set(String(picture.id), picture)
  const item = find("template[data-picture]").content.cloneNode(true)
  const radio = item.querySelector("input")
  radio.value = picture.id
  radio.checked = picture.id === chosen?.id
  const image = item.querySelector("img")
  image.src = picture.thumbnail
  item.querySelector("span").textContent = picture.name
  find("[data-pictures]")[first ? "prepend" : "append"](item)
  return radio
}

async function load(page = 1) {
  const mine = ++search
  const query = new URLSearchParams({ q: find("#picker-search").value, page })
  const count = find("[data-count]")
  try {
    const found = await ask(`${words.library}?${query}`)
    if (mine !== search) return
    const { name, value } = document.activeElement
    if (page === 1) {
      pictures = new Map()
      find("[data-pictures]").replaceChildren()
    }
    const radios = found.pictures.map((picture) => show(picture))
    // What one cannot see any more is not chosen.
    if (chosen && !pictures.has(String(chosen.id))) choose(null)
    next = found.next
    find("[data-more]").hidden = !next
    count.textContent = found.total ? words.found.replace("{count}", found.total) : words.none
    if (page > 1) radios[0]?.focus()
    // The one that had the focus was replaced.
    else if (name === "picture") {
      const same = radios.find((radio) => radio.value === value)
      ;(same ?? find("#picker-search")).focus()
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (mine !== search) return
    count.textContent = error.message
  }
}

function choose(picture) {
  chosen = picture
  find("#picker-alt").value = picture?.alt ?? ""
  find("#picker-decorative").checked = false
  decorate()
}

function decorate() {
  find("#picker-alt").disabled = find("#picker-decorative").checked
  say(find("#picker-alt"), find("#picker-alt-error"))
}

async function add(field) {
  const place = find("#picker-file-error")
  const [file] = field.files
  if (!file) return
  say(field, place)
  find("[data-count]").textContent = words.uploading
  try {
    const picture = await uploadPicture(file)
    // A list that was asked for before would come without it, and take the choice away.
    await loading
    choose(picture)
    const radio = show(picture, true)
    find("[data-count]").textContent = picture.name
    radio.focus()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    find("[data-count]").textContent = ""
    say(field, place, error.message)
  }
  field.value = ""
}

function use(event) {
  event.preventDefault()
  if (!chosen) {
    find("[data-count]").textContent = words.nothingChosen
    find("#picker-search").focus()
    return
  }
  const field = find("#picker-alt")
  const isDecoration = find("#picker-decorative").checked
  const alt = isDecoration ? "" : field.value.trim().replace(/\s+/g, " ")
  if (!alt && !isDecoration) {
    say(field, find("#picker-alt-error"), words.wordsMissing)
    field.focus()
    return
  }
  answer = { ...chosen, alt }
  dialog.close()
}

if (dialog) {
  let waiting
  dialog.addEventListener("close", () => dialog.open || settle?.())
  form.addEventListener("submit", use)
  form.addEventListener("input", (event) => {
    if (event.target.id !== "picker-search") return
    clearTimeout(waiting)
    // An answer that is under way, and the number that is there, are those to other words.
    search += 1
    find("[data-count]").textContent = ""
    waiting = setTimeout(() => (loading = load()), 250)
  })
  form.addEventListener("change", (event) => {
    const field = event.target
    if (field.name === "picture") choose(pictures.get(field.value))
    else if (field.id === "picker-decorative") decorate()
    else if (field.id === "picker-file") add(field)
  })
  // Enter in the search searches; it does not take the picture that happens to be chosen.
  find("#picker-search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault()
  })
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]")) dialog.close()
    else if (event.target.closest("[data-more]") && next) load(next)
  })
}

export function pickPicture() {
  if (!dialog || dialog.open) return Promise.resolve(null)
  // It may have been closed so shortly ago that its event is still to come.
  settle?.()
  const focused = document.activeElement
  answer = null
  form.reset()
  choose(null)
  const file = find("#picker-file")
  if (file) say(file, find("#picker-file-error"))
  dialog.showModal()
  find("#picker-search").focus()
  find("[data-count]").textContent = ""
  loading = load()
  return new Promise((resolve) => {
    settle = () => {
      settle = null
      focused?.focus()
      resolve(answer)
    }
  })
}
