// Adds and deletes rows of Django's formsets. A row keeps its number for good: a row that is
// deleted is only marked, so that it can be brought back, and a new one goes by the same mark.
import { announce, fill } from "desk/announce"
import { setOpen } from "desk/collapse"

export function addForm(kind, prefix) {
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`)
  const blank = document.getElementById(`blank-${kind}`)
  const holder = document.createElement("template")
  holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", total.value)
  total.value = Number(total.value) + 1
  return holder.content.querySelector("[data-slot]")
}

// What makes a section: its words, its grade and the sources that it cites. Its key is its own.
export function copyFields(from, to) {
  const pick = (card, name) => card.querySelector(`[name$="-${name}"]`)
  for (const name of ["heading", "body", "evidence"]) {
    const [source, target] = [pick(from, name), pick(to, name)]
    if (source && target) target.value = source.value
  }
  to.querySelector("[data-heading]").textContent = pick(from, "heading").value
  for (const box of from.querySelectorAll("[name$=-sources]:checked")) {
    const same = to.querySelector(`[name$=-sources][value="${CSS.escape(box.value)}"]`)
    if (same) same.checked = true
  }
}

// For scripts that make something of the fields, such as the prose editor.
export function formAdded(card, prefix) {
  card.dispatchEvent(
    new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: prefix } }),
  )
}

export function bindDeletion(cards) {
  cards.list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-delete], [data-undo]")
    if (!button) return
    const card = button.closest("[data-card]")
    const isDeleted = button.matches("[data-delete]")
    // The name has its number until the others are counted anew.
    const sentence = isDeleted && fill(cards.words.deleted, { name: cards.name(card) })
    mark(card, isDeleted, sentence)
    cards.update()
    announce(sentence || fill(cards.words.kept, { name: cards.name(card) }))
    card.querySelector(isDeleted ? "[data-undo]" : "[data-delete]").focus()
  })
}

export function mark(card, isDeleted, sentence) {
  card.querySelector("input[name$=-DELETE]").checked = isDeleted
  card.classList.toggle("for-deletion", isDeleted)
  const strip = card.querySelector(".deleted-strip")
  strip.hidden = !isDeleted
  if (sentence) strip.querySelector("[data-deleted-text]").textContent = sentence
  if (isDeleted) setOpen(card, false)
}
