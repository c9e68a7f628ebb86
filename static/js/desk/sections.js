// The entry: the sections and the sources of an article.
//
// It takes the place of content_editor/index.js, of which only the context is used that its admin
// writes into the page; the cards themselves are in the page already, in one order across the
// three kinds, so that nothing jumps while the page loads, and the order in which one tabs through
// them is the order that one sees.
import { initContext } from "content-editor/context"
import { emit } from "content-editor/utils"
import { Cards } from "desk/cards"
import { bindCollapse } from "desk/collapse"
import { bindCounts } from "desk/counts"
import { bindDragging } from "desk/drag"
import { addForm, bindDeletion, copyFields, formAdded } from "desk/forms"

const editor = initContext()
const sections = new Cards(document.querySelector("[data-cards=sections]"))
const sources = new Cards(document.querySelector("[data-cards=sources]"))

bindCollapse(sections.list, document.querySelector("[data-fold-all]"))
bindCollapse(sources.list)

function add(cards, kind, prefix, { after, field, from }) {
  const slot = addForm(kind, prefix)
  if (after) after.after(slot)
  else cards.list.prepend(slot)
  const card = slot.querySelector("[data-card]")
  if (from) copyFields(from, card)
  cards.update()
  formAdded(card, prefix)
  card.querySelector(field).focus()
  cards.tell(card, from ? cards.words.copied : cards.words.added)
}

function addSection(kind, after, from) {
  add(sections, kind, kind, { after, from, field: "[name$=-heading]" })
}

if (editor.allowChange) {
  bindCounts(sections.list)
  for (const cards of [sections, sources]) {
    bindDeletion(cards)
    bindDragging(cards)
  }
  editor.addContent = (kind) => addSection(kind, sections.slots.at(-1))

  const wrapper = document.querySelector(".order-machine-wrapper")
  wrapper.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-duplicate]")
    if (!button) return
    const slot = button.closest("[data-slot]")
    const card = button.matches("[data-duplicate]") && button.closest("[data-card]")
    addSection(card ? card.dataset.kind : button.dataset.add, slot, card)
  })
  document.querySelector("[data-add-source]").addEventListener("click", () => {
    add(sources, "source", "sources", { after: sources.slots.at(-1), field: "[name$=-title]" })
  })

  // Ctrl+Alt and a letter, from wherever one writes; the letter alone on a card's own row. The
  // key AltGr, which types letters, counts as Ctrl+Alt on some keyboards and is left alone.
  const kinds = { KeyP: "pro", KeyC: "con", KeyX: "text", KeyT: "text" }
  document.getElementById("article_form").addEventListener("keydown", (event) => {
    const kind = kinds[event.code]
    if (!kind || event.metaKey || event.shiftKey || event.repeat || event.isComposing) return
    const isOnRow = event.target.matches("[data-cards=sections] :is([data-open], [data-grip])")
    const isChord = event.ctrlKey && event.altKey && !event.getModifierState("AltGraph")
    const isLetter = isOnRow && !event.ctrlKey && !event.altKey
    if (!(isChord && event.code !== "KeyT") && !isLetter) return
    event.preventDefault()
    addSection(kind, event.target.closest("[data-cards=sections] > *") || sections.slots.at(-1))
  })
}

emit("content-editor:ready")
