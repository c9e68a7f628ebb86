// The entry: the sections and the sources of an article.
//
// It takes the place of content_editor/index.js. From the content editor come the context that
// its admin writes into the page and dragging; the cards themselves are in the page already, in
// one order across the three kinds, so that nothing jumps while the page loads, and the order in
// which one tabs through them is the order that one sees.
import { initContext } from "content-editor/context"
import { DragDrop } from "content-editor/dragdrop"
import { emit } from "content-editor/utils"
import { announce, fill } from "desk/announce"
import { Cards } from "desk/cards"
import { bindCollapse } from "desk/collapse"
import { bindCounts } from "desk/counts"
import { addForm, bindDeletion, formAdded } from "desk/forms"

const editor = initContext()
const sections = new Cards(document.querySelector("[data-cards=sections]"))
const sources = new Cards(document.querySelector("[data-cards=sources]"))

bindCollapse(sections.list, document.querySelector("[data-fold-all]"))
bindCollapse(sources.list)

function add(cards, kind, prefix, { after, field }) {
  const slot = addForm(kind, prefix)
  if (after) after.after(slot)
  else cards.list.prepend(slot)
  cards.update()
  const card = slot.querySelector("[data-card]")
  formAdded(card, prefix)
  card.querySelector(field).focus()
  const place = cards.all.indexOf(card) + 1
  announce(fill(cards.words.added, { name: cards.name(card), place, total: cards.all.length }))
  return card
}

if (editor.allowChange) {
  bindCounts(sections.list)
  bindDeletion(sections)
  bindDeletion(sources)

  // What the content editor's dragging asks of its order machine.
  const machine = {
    insertAdjacent: (card, other, after = false) => card !== other && sections.put(card, other, after),
    updateSections() {
      sections.all.forEach((card, index) => (card.style.order = index))
    },
  }
  const dragging = new DragDrop(editor, machine, { selectSection() {} })
  machine.updateSections()
  for (const card of sections.all) dragging.ensureDraggable(card)

  const addSection = (kind, after) => {
    const card = add(sections, kind, kind, { after, field: "[name$=-heading]" })
    machine.updateSections()
    dragging.ensureDraggable(card)
  }
  editor.addContent = (kind) => addSection(kind, sections.slots.at(-1))

  document.querySelector(".order-machine-wrapper").addEventListener("click", (event) => {
    const button = event.target.closest("[data-add]")
    if (button) addSection(button.dataset.add, button.closest("[data-slot]"))
  })
  document.querySelector("[data-add-source]").addEventListener("click", () => {
    add(sources, "source", "sources", { after: sources.slots.at(-1), field: "[name$=-title]" })
  })
}

emit("content-editor:ready")
