// Keeps what one types in this browser until the server has it, and offers it when one comes back.
import { announce, fill } from "desk/announce"
import { card, read, write } from "desk/rows"

const form = document.getElementById("article_form")
const PREFIX = `evenhand:article:${form?.dataset.user}:`
const PAUSE = 300
const KEPT_FOR = 90 * 24 * 60 * 60 * 1000

const name = () => PREFIX + form.elements.key.value
let waiting

export function keep() {
  clearTimeout(waiting)
  waiting = setTimeout(store, PAUSE)
}

export function store() {
  clearTimeout(waiting)
  const text = { at: Date.now(), isNew: !form.dataset.presence, ...read(form) }
  try {
    localStorage.setItem(name(), JSON.stringify(text))
  } catch {
    // Full, or switched off: the server is then the only place.
  }
}

export function discard(key = name()) {
  clearTimeout(waiting)
  localStorage.removeItem(key)
}

// Two texts that look the same to a reader are the same.
function plain(values) {
  return values
    .map((value) => value.replace(/\r\n/g, "\n").replace(/>\s+</g, "><").trim())
    .filter(Boolean)
    .sort()
    .join("\n")
}

function text(values) {
  const words = new DOMParser().parseFromString(values.join(", ").replace(/</g, " <"), "text/html")
  return words.body.textContent.replace(/\s+/g, " ").trim()
}

const label = (field) =>
  [...form.elements].find((each) => each.name === field)?.labels?.[0]?.textContent.trim()

function* differences(stored) {
  const now = read(form)
  for (const [field, values] of Object.entries(stored.article)) {
    if (field === "note" || field === "correction") continue
    const there = now.article[field] ?? []
    if (plain(values) !== plain(there)) {
      yield { where: label(field) ?? field, there, values, apply: () => write(form, field, values) }
    }
  }
  for (const [key, row] of Object.entries(stored.rows)) {
    const there = now.rows[key]
    const writing = Object.entries(row.fields).filter(([field]) => field !== "ordering")
    const differing = writing.filter(
      ([field, values]) => plain(values) !== plain(there?.fields[field] ?? []),
    )
    if (!differing.length || (!there && !writing.some(([, values]) => plain(values)))) continue
    yield {
      where: there ? card(there.prefix).querySelector("[data-name]").textContent : row.kind,
      there: differing.flatMap(([field]) => there?.fields[field] ?? []),
      values: differing.flatMap(([, values]) => values),
      apply: () => putBack(key, row, there, differing),
    }
  }
}

function putBack(key, row, there, differing) {
  const prefix = there?.prefix ?? addRow(row.kind, key)
  for (const [field, values] of differing) write(form, `${prefix}-${field}`, values)
}

function addRow(kind, key) {
  const buttons = kind === "sources" ? "[data-add-source]" : `[data-add=${kind}]`
  ;[...form.querySelectorAll(buttons)].at(-1).click()
  const total = Number(document.getElementById(`id_${kind}-TOTAL_FORMS`).value)
  const prefix = `${kind}-${total - 1}`
  form.elements[`${prefix}-key`].value = key
  return prefix
}

function entry(difference, holder) {
  const item = holder.querySelector("template").content.cloneNode(true)
  item.querySelector("[data-where]").textContent = difference.where
  const [before, after] = [text(difference.there), text(difference.values)]
  // What both begin and end with is shown once.
  let start = 0
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++
  const around = (words, from, to) => words.slice(Math.max(0, from), Math.max(0, to))
  item.querySelector("[data-start]").textContent = around(after, start - 60, start)
  const [gone, come] = ["del", "ins"].map((tag) => document.createElement(tag))
  gone.textContent = around(before, start, before.length - end)
  come.textContent = around(after, start, after.length - end)
  item.querySelector("[data-changed]").append(gone, come)
  item.querySelector("[data-end]").textContent = around(
    after,
    after.length - end,
    after.length - end + 60,
  )
  return item
}

function offer(key, stored) {
  const found = [...differences(stored)]
  if (!found.length) {
    discard(key)
    return
  }
  const holder = document.getElementById("kept-here")
  const when = new Date(stored.at).toLocaleString(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  })
  const sentence = fill(holder.dataset.sentence, { when })
  holder.querySelector("[data-sentence]").textContent = sentence
  const list = holder.querySelector("ul")
  list.replaceChildren(...found.map((difference) => entry(difference, holder)))
  holder.hidden = false
  announce(sentence)
  holder.querySelector("[data-use]").addEventListener(
    "click",
    () => {
      for (const difference of found) difference.apply()
      holder.hidden = true
      if (key !== name()) discard(key)
      form.querySelector("[name=title]").focus()
    },
    { once: true },
  )
  holder.querySelector("[data-discard]").addEventListener(
    "click",
    () => {
      holder.hidden = true
      discard(key)
    },
    { once: true },
  )
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key))
  } catch {
    return null
  }
}

function find() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
  for (const key of keys) if (!(stored(key)?.at > Date.now() - KEPT_FOR)) discard(key)
  if (stored(name())) return name()
  // A new article that never reached the server.
  const isNew = form.dataset.autosave && !form.dataset.presence
  return isNew && keys.find((key) => stored(key)?.isNew)
}

if (form?.dataset.autosave) {
  requestAnimationFrame(() => {
    const key = find()
    if (key) offer(key, stored(key))
  })
}
