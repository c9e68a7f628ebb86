// A finding leads to its field: what hides the field opens, and the field gets the focus.
import { setOpen } from "desk/collapse"

function open(target) {
  const card = target.closest("[data-card]")
  if (card && !card.classList.contains("for-deletion")) setOpen(card, true)
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
    box.open = true
  }
}

// Where one types: the rich text in place of its hidden textarea, or the first choice of many.
function place(target) {
  const row = target.closest(".form-row")
  const prose = row?.querySelector(".ProseMirror")
  if (prose) return prose
  if (target.matches("input, select, textarea, button, a")) return target
  return target.querySelector("input:not([type=hidden]), select, textarea, button")
}

function go(id) {
  const target = id && document.getElementById(id)
  if (!target) return false
  open(target)
  const field = place(target)
  ;(field ?? target).scrollIntoView({ block: "center" })
  field?.focus({ preventScroll: true })
  return true
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".checks a, .messagelist a, .errornote a")
  const id = link?.getAttribute("href").startsWith("#") && link.hash.slice(1)
  if (id && go(id)) {
    event.preventDefault()
    history.replaceState(null, "", `#${id}`)
  }
})

// From another page, once the editors are made.
addEventListener("load", () => go(location.hash.slice(1)))
