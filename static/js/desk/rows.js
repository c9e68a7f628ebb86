// The form of an article as data: the fields of the article, and its rows by their keys.
const ROW = /^(text|pro|con|sources)-(\d+)-(.+)$/
// Not what one writes: what the form needs to be understood.
const QUIET = /^(csrfmiddlewaretoken|.*-?opened|.*_FORMS|initial-.*|.*-initial-.*|next)$/

// crypto.randomUUID is there only where the page came by https.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}

// A row is known by its key from the start, so that saving it twice makes one.
export function giveKeys(form) {
  for (const input of form.querySelectorAll("input[name$=-key]")) input.value ||= newKey()
}

export const card = (prefix) => document.getElementById(prefix)

// What would be sent, without files.
export function body(form) {
  giveKeys(form)
  const data = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") data.append(name, value)
  }
  return data
}

export function snapshot(form) {
  const data = body(form)
  for (const name of [...data.keys()]) if (QUIET.test(name)) data.delete(name)
  return data.toString()
}

// { article: {field: [values]}, rows: {key: {kind, prefix, fields: {field: [values]}}} }
export function read(form) {
  const article = {}
  const rows = {}
  const byPrefix = {}
  for (const [name, value] of body(form)) {
    if (QUIET.test(name)) continue
    const row = name.match(ROW)
    if (!row) {
      ;(article[name] ||= []).push(value)
      continue
    }
    const [, kind, number, field] = row
    const prefix = `${kind}-${number}`
    const fields = (byPrefix[prefix] ||= { kind, prefix, fields: {} }).fields
    ;(fields[field] ||= []).push(value)
  }
  for (const row of Object.values(byPrefix)) {
    const [key] = row.fields.key ?? []
    delete row.fields.key
    delete row.fields.id
    delete row.fields.region
    if (key) rows[key] = row
  }
  delete article.key
  return { article, rows }
}

const editorOf = (field) => field.closest(".prose-editor")?.querySelector(".ProseMirror")?.editor

// Puts values into the fields of one name, whatever they are.
export function write(form, name, values) {
  const fields = [...form.elements].filter((field) => field.name === name)
  for (const field of fields) {
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = values.includes(field.value)
    } else {
      field.value = values[0] ?? ""
      editorOf(field)?.commands.setContent(field.value)
    }
    field.dispatchEvent(new Event("input", { bubbles: true }))
    field.dispatchEvent(new Event("change", { bubbles: true }))
  }
}
